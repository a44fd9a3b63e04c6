// The plan of a way back: a value, made from the world as it is.
#pragma once

#include "dbrollback/rollback.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/undone.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

[[nodiscard]] RollbackPlan plan_rollback(repository::Store& store, const Config& config, const DatabaseConfig& database,
                                         const RollbackOptions& options, Observer& observer);

// Another one for every world from which another plan would have to be made.
[[nodiscard]] std::string stamp_of(const Undone& undone, const LiveState& live);

}  // namespace dbrollback::recovery
