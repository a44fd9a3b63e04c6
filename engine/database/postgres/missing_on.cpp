#include "engine/database/postgres/missing_on.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>

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

void name_all(const std::set<std::string>& names, const std::string& what, std::vector<std::string>& missing) {
  std::ranges::transform(names, std::back_inserter(missing),
                         [&](const std::string& name) { return printable(cat("it has no ", what, " ", name)); });
}

void look_for_tablespaces(Connection& connection, std::set<std::string> names, std::vector<std::string>& missing) {
  const Result there = connection.execute("SELECT spcname FROM pg_tablespace");
  for (int row = 0; row < there.rows(); ++row) {
    names.erase(there.text(row, 0));
  }
  name_all(names, "tablespace", missing);
}

// What a role makes that is no superuser can be trusted by nobody who calls it.
bool is_for_superusers(const schema::Object& object) {
  constexpr std::array<std::string_view, 6> kinds{"access method",  "event trigger",   "foreign data wrapper",
                                                  "operator class", "operator family", "subscription"};
  return std::ranges::find(kinds, object.kind) != kinds.end() ||
         (object.kind == "publication" && object.sql.find(" FOR ALL TABLES") != std::string::npos);
}

void look_for_superuser(Connection& connection, const Needs& needs, std::vector<std::string>& missing) {
  const Result role = connection.execute("SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user");
  if (role.rows() == 0 || role.boolean(0, 0)) {
    return;
  }
  const auto refuse = [&](const std::string& object) {
    missing.push_back(printable(cat("only a superuser can make the ", object, ", and ", role.text(0, 1), " is none")));
  };
  const char* const untrusted = connection.server_version() >= 130000 ? "superuser AND NOT trusted" : "superuser";
  for (const PostgresExtension& extension : needs.properties->extensions) {
    if (connection.value(
            cat("SELECT 1 FROM pg_available_extension_versions WHERE name = $1 AND version = $2 AND ", untrusted),
            {extension.name, extension.version})) {
      refuse(cat("extension ", extension.name));
    }
  }
  if (needs.schema != nullptr) {
    for (const schema::Object& object : needs.schema->objects) {
      if (is_for_superusers(object)) {
        refuse(cat(object.kind, " ", object.name));
      }
    }
  }
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

std::vector<std::string> missing_on(Connection& connection, const Needs& needs) {
  const int version = connection.server_version();
  const int snapshot_version = parse_version(needs.server_version).value_or(0);
  if (version / 10000 < snapshot_version / 10000) {  // nobody promises anything of the rest
    return {cat("it is of version ", major_text(version), ", older than the snapshot's server, ",
                version_text(snapshot_version))};
  }
  require_right_to_create(connection);
  std::vector<std::string> missing;
  look_for_extensions(connection, needs.properties->extensions, missing);
  // Without owners or privileges there is no telling who will be named.
  if (!needs.roles.no_owner && !needs.roles.no_privileges) {
    name_all(lacking_roles(connection, with_roles(*needs.properties, needs.roles.renamed)), "role", missing);
  }
  look_for_tablespaces(connection, needs.tablespaces, missing);
  look_for_superuser(connection, needs, missing);
  try_locale(connection, *needs.properties, missing);
  return missing;
}

}  // namespace dbrollback::database::postgres
