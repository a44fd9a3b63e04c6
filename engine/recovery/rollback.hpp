// Going a way back: the steps of a plan, each in the journal.
#pragma once

#include "dbrollback/rollback.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// What the functions of dbrollback/rollback.hpp do, but for telling others.
[[nodiscard]] RollbackResult execute_rollback(repository::Store& store, const Config& config,
                                              const DatabaseConfig& database, const RollbackPlan& plan,
                                              const AskStep& ask, const RunListener& listener, Observer& observer);
[[nodiscard]] RollbackResult resume_rollback(repository::Store& store, const Config& config,
                                             const DatabaseConfig& database, const AskStep& ask,
                                             const RunListener& listener, Observer& observer);
[[nodiscard]] std::vector<std::string> abandon_run(repository::Store& store, const DatabaseConfig& database,
                                                   const std::string& command, Observer& observer);

}  // namespace dbrollback::recovery
