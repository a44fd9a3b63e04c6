// Tables whose triggers and rules do not fire while their rows are replaced.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/relations.hpp"

namespace dbrollback::database::postgres {

// Disables those of users' that are enabled, in any way; foreign keys are not among them. Returns the statements that
// make each what it was, for the same transaction. Precondition: the role owns the tables.
[[nodiscard]] std::vector<std::string> silence_triggers(Connection& connection,
                                                        const std::vector<const Relation*>& tables);

}  // namespace dbrollback::database::postgres
