// Makes the rows of materialised views again.
#pragma once

#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/statements.hpp"

namespace dbrollback::database::postgres {

// Populates those of `views` that are to be, each after those that it reads from, and leaves the others WITH NO DATA,
// also where a populated one reads from them. Policies hide rows from a view's owner as they do elsewhere.
// Precondition: the database has them, and none is populated. Errors: as of Connection, naming the statement. State
// after a failure: some are populated.
void refresh_views(Statements& statements, const std::vector<MaterializedViewFacts>& views);

}  // namespace dbrollback::database::postgres
