// What somebody should know of a server and a database before snapshots and restores depend on them.
#pragma once

#include <vector>

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// As ServerDatabase::advice.
[[nodiscard]] std::vector<Advice> advise(Connection& live, const ClientPlaces& places);

}  // namespace dbrollback::database::postgres
