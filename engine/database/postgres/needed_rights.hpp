// What a role must be allowed to write into a database that is in use.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// Whether this role may let no trigger and no foreign key fire.
[[nodiscard]] bool may_silence_all(Connection& connection);

// What this role may not do that overwrite_tables needs of these tables, a sentence each, or where there are none of
// them restore_in_place of everything. Tables that are not there are passed over. Empty: it may.
[[nodiscard]] std::vector<std::string> missing_rights(Connection& connection, const std::vector<std::string>& tables);

}  // namespace dbrollback::database::postgres
