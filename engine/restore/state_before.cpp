#include "engine/restore/state_before.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::restore {

std::function<void()> state_keeper(database::Database& target, repository::Store* before_in, const RestorePlan& plan,
                                   RestoreResult& result, Observer& observer) {
  if (!plan.options.snapshot_before) {
    return {};
  }
  if (before_in == nullptr) {
    base::fail_usage("no_repository", "there is no repository for the snapshot of the state before", {},
                     "give --repository, or --no-snapshot-before to go without");
  }
  return [&target, before_in, &plan, &result, &observer] {
    SnapshotOptions options;
    options.reason = base::cat("before restore of ", plan.options.id);
    DatabaseConfig config = plan.database;
    config.checks.clear();  // they may well fail on what is being replaced
    options.tables = plan.options.tables;
    result.snapshot_before = repository::take(*before_in, target, config, options, false, observer).summary.id;
  };
}

}  // namespace dbrollback::restore
