#include "dbrollback/deploy.hpp"

#include "engine/notify/notify.hpp"
#include "engine/recovery/deploy.hpp"

namespace dbrollback {

namespace {

recovery::RunListener telling_of_deploy(const Config& config, Observer& observer) {
  return {.begun = {}, .ended = [&config, &observer](const Run& run) {
            const auto event = run.exit == Exit::done ? notify::Event::deploy_completed : notify::Event::deploy_failed;
            notify::notify(config.notify, event, run, observer);
          }};
}

}  // namespace

DeployResult deploy(Repository& repository, const Config& config, const DatabaseConfig& database,
                    const DeployOptions& options, Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  const auto listener = telling_of_deploy(config, observer);
  return options.part == DeployOptions::Part::after
             ? recovery::confirm_deploy(store, config, database, options, listener, observer)
             : recovery::deploy(store, config, database, options, listener, observer);
}

DeployResult resume_deploy(Repository& repository, const Config& config, const DatabaseConfig& database,
                           const CommandLine& command, Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  return recovery::resume_deploy(store, config, database, command, telling_of_deploy(config, observer), observer);
}

}  // namespace dbrollback
