// Gives sequences the values that a snapshot has.
#pragma once

#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/statements.hpp"

namespace dbrollback::database::postgres {

// Precondition: the database has them. Errors: as of Connection. State after a failure: some are set; a rollback does
// not take that back.
void set_sequences(Statements& statements, const std::vector<SequenceFacts>& sequences);

}  // namespace dbrollback::database::postgres
