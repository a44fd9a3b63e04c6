#include "engine/database/postgres/missing_on.hpp"

#include <algorithm>
#include <iterator>

#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/make_database.hpp"
#include "engine/database/postgres/stub_roles.hpp"
#include "engine/database/role_names.hpp"

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

// Without owners or privileges there is no telling who will be named.
void look_for_roles(Connection& connection, const PostgresDatabaseFacts& facts, const RoleOptions& options,
                    std::vector<std::string>& missing) {
  if (options.no_owner || options.no_privileges) {
    return;
  }
  std::ranges::transform(lacking_roles(connection, with_roles(facts, options.renamed)), std::back_inserter(missing),
                         [](const std::string& role) { return printable(cat("it has no role ", role)); });
}

// A database with a locale of libc's shows that others can have it.
bool has_one_like_it(Connection& connection, const PostgresDatabaseFacts& facts) {
  const char* const of_libc = connection.server_version() >= 150000 ? " AND datlocprovider = 'c'" : "";
  return facts.locale_provider == "libc" &&
         connection
             .value(cat("SELECT 1 FROM pg_database WHERE pg_encoding_to_char(encoding) = $1 AND datcollate = $2 AND "
                        "datctype = $3",
                        of_libc, " LIMIT 1"),
                    {facts.encoding, facts.collate, facts.ctype})
             .has_value();
}

void require_right_to_create(Connection& connection) {
  const Result role =
      connection.execute("SELECT rolsuper OR rolcreatedb, rolname FROM pg_roles WHERE rolname = current_user");
  if (role.rows() == 1 && !role.boolean(0, 0)) {
    base::fail(
        {.code = "not_allowed",
         .exit = Exit::failed,
         .message = cat("the role ", printable(role.text(0, 1)), " may not create databases on ",
                        printable(connection.shown()), ", and a snapshot is restored into a new one"),
         .object = role.text(0, 1),
         .state = "nothing was changed",
         .next = cat("ALTER ROLE ", printable(quote(role.text(0, 1))),
                     " CREATEDB, name a role that may as admin_url in dbrollback.toml, or restore with --in-place")});
  }
}

void try_locale(Connection& connection, PostgresDatabaseFacts facts, std::vector<std::string>& missing) {
  if (has_one_like_it(connection, facts)) {
    return;
  }
  const std::string name = cat("dbrollback_trial_", base::random_hex(8));
  facts.tablespace.clear();
  try {
    (void)connection.execute(create_database_sql(connection.server_version(), name, facts));
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
  (void)connection.execute(cat("DROP DATABASE ", quote(name)));
}

}  // namespace

std::vector<std::string> missing_on(Connection& connection, const PostgresDatabaseFacts& facts, int snapshot_version,
                                    const RoleOptions& roles) {
  const int version = connection.server_version();
  if (version / 10000 < snapshot_version / 10000) {  // nobody promises anything of the rest
    return {cat("it is of version ", major_text(version), ", older than the snapshot's server, ",
                version_text(snapshot_version))};
  }
  require_right_to_create(connection);
  std::vector<std::string> missing;
  look_for_extensions(connection, facts.extensions, missing);
  look_for_roles(connection, facts, roles, missing);
  try_locale(connection, facts, missing);
  return missing;
}

}  // namespace dbrollback::database::postgres
