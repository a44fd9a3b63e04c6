// Replacing everything in a database by a snapshot, in one transaction: where no second one can be made beside it.
#pragma once

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// As ServerDatabase::restore_in_place.
void restore_in_place(Connection& live, const ClientPrograms& programs, const StoredDatabase& stored,
                      const InPlaceOptions& options);

}  // namespace dbrollback::database::postgres
