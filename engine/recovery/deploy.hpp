// Deploys: a proven snapshot, the migrations, the application, and the record of it all.
#pragma once

#include "dbrollback/deploy.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// What the functions of dbrollback/deploy.hpp do, but for telling others.
[[nodiscard]] DeployResult deploy(repository::Store& store, const Config& config, const DatabaseConfig& database,
                                  const DeployOptions& options, const RunListener& listener, Observer& observer);
[[nodiscard]] DeployResult resume_deploy(repository::Store& store, const Config& config, const DatabaseConfig& database,
                                         const CommandLine& command, const RunListener& listener, Observer& observer);
// What comes after the application was deployed by somebody else: the health gate, and the confirmation.
[[nodiscard]] DeployResult confirm_deploy(repository::Store& store, const Config& config,
                                          const DatabaseConfig& database, const DeployOptions& options,
                                          const RunListener& listener, Observer& observer);

// What a release that is not confirmed waits for. somebody_else: its application is deployed by others, between the
// hooks. health: its application was switched and started, and was not found healthy. nothing: it is confirmed, or its
// deploy never came so far.
enum class Awaited { nothing, somebody_else, health };
[[nodiscard]] Awaited awaited_of(repository::Store& store, const Release& release);

}  // namespace dbrollback::recovery
