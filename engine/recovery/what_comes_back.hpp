// Two databases that should be the same: one as it was, and one where something was done and undone.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/migrate.hpp"
#include "engine/database/trial.hpp"

namespace dbrollback::recovery {

// What of `was` is not in `is`: objects of the schema, and of the rows the tables, columns and numbers.
[[nodiscard]] std::vector<Rehearsal::Loss> what_is_lost(database::Trial& was, database::Trial& is,
                                                        const database::Tick& tick);

}  // namespace dbrollback::recovery
