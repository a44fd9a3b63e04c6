// The roles that a restore names, on a server that has none of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// Those of the facts' roles that the server has not.
[[nodiscard]] std::set<std::string> lacking_roles(Connection& connection, const PostgresDatabaseFacts& facts);

// Makes those of the facts' roles that the server lacks, all or none, without login or any right. Returns those that
// nobody can make (pg_…): a newer server has them. `connection`: as a role that may make others, to a database of the
// facts' encoding, since the name of a role is bytes that mean a text in an encoding only. Throws as
// Connection::execute.
[[nodiscard]] std::vector<std::string> make_stub_roles(Connection& connection, const PostgresDatabaseFacts& facts);

}  // namespace dbrollback::database::postgres
