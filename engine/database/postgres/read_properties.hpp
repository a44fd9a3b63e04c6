// What a PostgreSQL database itself has: owner, encoding, locale, settings, grants, extensions.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// Of the connection's database. Works for any role. Throws as Connection::execute.
[[nodiscard]] PostgresDatabaseFacts read_properties(Connection& connection);

// The roles that its objects name: owners, who grants and is granted what, whom policies and default privileges are
// for; sorted. Those of the system's own objects only where somebody changed them.
[[nodiscard]] std::vector<std::string> read_roles(Connection& connection);

}  // namespace dbrollback::database::postgres
