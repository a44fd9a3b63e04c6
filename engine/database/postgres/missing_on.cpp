#include "engine/database/postgres/missing_on.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/client_programs.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

void look_for_extensions(Connection& connection, const std::vector<PostgresExtension>& extensions,
                         std::vector<std::string>& missing) {
  for (const PostgresExtension& extension : extensions) {
    const Result rows = connection.execute(
        "SELECT version FROM pg_available_extension_versions WHERE name = $1 ORDER BY version COLLATE \"C\"",
        {extension.name});
    std::vector<std::string> versions(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) {
      versions[static_cast<std::size_t>(row)] = rows.text(row, 0);
    }
    if (std::ranges::find(versions, extension.version) == versions.end()) {
      missing.push_back(
          printable(cat("the extension ", extension.name, " ", extension.version, " is not installed on it",
                        versions.empty() ? "" : cat(", only ", base::join(versions, ", ")))));
    }
  }
}

std::string locale_sql(const PostgresDatabaseFacts& facts, int version) {
  std::string sql = cat(" ENCODING ", literal(facts.encoding), " LC_COLLATE ", literal(facts.collate), " LC_CTYPE ",
                        literal(facts.ctype));
  if (version >= 150000) {
    sql += cat(" LOCALE_PROVIDER ", quote(facts.locale_provider));
    if (facts.locale_provider == "icu") {
      sql += cat(" ICU_LOCALE ", literal(facts.locale));
    }
    if (facts.locale_provider == "builtin") {
      sql += cat(" BUILTIN_LOCALE ", literal(facts.locale));
    }
    if (!facts.icu_rules.empty()) {
      sql += cat(" ICU_RULES ", literal(facts.icu_rules));
    }
  }
  return sql;
}

void try_locale(Connection& connection, const PostgresDatabaseFacts& facts, std::vector<std::string>& missing) {
  const std::string name = quote(cat("dbrollback-trial-", base::random_hex(8)));
  try {
    (void)connection.execute(
        cat("CREATE DATABASE ", name, " TEMPLATE template0", locale_sql(facts, connection.server_version())));
  } catch (const Error& error) {
    if (error.code() != "database_failed") {
      throw;
    }
    const std::string beginning = cat("could not use ", printable(connection.shown()), ": ");
    const std::string message = error.what();
    missing.push_back(cat("a database in its encoding and locale cannot be made on it: ",
                          message.starts_with(beginning) ? message.substr(beginning.size()) : message));
    return;
  }
  (void)connection.execute(cat("DROP DATABASE ", name));
}

}  // namespace

std::vector<std::string> missing_on(Connection& connection, const PostgresDatabaseFacts& facts, int snapshot_version) {
  const int version = connection.server_version();
  if (version / 10000 < snapshot_version / 10000) {  // nobody promises anything of the rest
    return {cat("it is of version ", major_text(version), ", older than the snapshot's server, ",
                version_text(snapshot_version))};
  }
  std::vector<std::string> missing;
  look_for_extensions(connection, facts.extensions, missing);
  try_locale(connection, facts, missing);
  return missing;
}

}  // namespace dbrollback::database::postgres
