// The roles that a database of a PostgreSQL server names.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dbrollback/snapshot.hpp"

namespace dbrollback::database {

// As owners, with grants, in settings, policies and default privileges.
[[nodiscard]] std::set<std::string> roles_named_by(const PostgresDatabaseFacts& facts);

// Whether the rows of a table of a snapshot name roles: those of the large objects' owners and grants do.
[[nodiscard]] bool rows_name_roles(const PostgresTableFacts& table);

// The same with other roles in place of those that are keys of `renamed`.
[[nodiscard]] PostgresDatabaseFacts with_roles(PostgresDatabaseFacts facts,
                                               const std::map<std::string, std::string>& renamed);

}  // namespace dbrollback::database
