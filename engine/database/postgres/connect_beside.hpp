// Sessions that make, rename and drop databases: nobody does that to the one that he is connected to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// A session of the role of `admin` in none of `databases`: in the one that `admin` names, otherwise in postgres or in
// template1. It may write whatever the settings of its database say. Errors: as of Connection, for the first of these
// databases that cannot be connected to, when none can.
[[nodiscard]] std::unique_ptr<Connection> connect_beside(const Parameters& admin, const ConnectionOptions& options,
                                                         const std::vector<std::string>& databases);

}  // namespace dbrollback::database::postgres
