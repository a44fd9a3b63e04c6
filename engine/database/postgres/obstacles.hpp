// What stands in the way of putting another database into the place of the live one: known before anything is loaded.
#pragma once

#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// Of the connection's database, for the connection's role: it must be the one that will rename it. In the order of
// obstacle_names; empty: nothing. Prepared transactions and sessions that the role cannot end make the renaming
// fail, the others lose something by it.
[[nodiscard]] std::vector<Obstacle> find_obstacles(Connection& live);

}  // namespace dbrollback::database::postgres
