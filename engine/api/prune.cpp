#include "dbrollback/prune.hpp"

#include <algorithm>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/retention.hpp"
#include "engine/repository/run_record.hpp"
#include "engine/snapshot/capture.hpp"

namespace dbrollback {

PrunePlan plan_prune(Repository& repository, const Retention& keep, const std::string& timezone,
                     const std::string& database) {
  PrunePlan plan;
  plan.decisions = repository::decide(repository.list(database), keep, timezone);
  for (const auto& decision : plan.decisions) {
    plan.bytes_freed += decision.kept_because.empty() ? decision.snapshot.stored_bytes : 0;
  }
  return plan;
}

namespace {

std::string state_of(const SnapshotSummary& snapshot) {
  return base::cat(snapshot.id, " ", to_string(snapshot.proof), snapshot.damaged ? " damaged" : "",
                   snapshot.pinned ? " pinned" : "");
}

// Pinned, proven or gone since: decided on another world.
void refuse_if_moved(repository::Store& store, const PrunePlan& plan) {
  std::set<std::string> now;
  for (const auto& snapshot : store.catalog().all()) {
    now.insert(state_of(snapshot));
  }
  for (const auto& decision : plan.decisions) {
    if (!now.contains(state_of(decision.snapshot))) {
      base::fail({.code = "repository_changed",
                  .exit = Exit::refused,
                  .message = base::cat("snapshot ", decision.snapshot.id, " is not what it was when this was decided"),
                  .object = decision.snapshot.id,
                  .state = "nothing was removed",
                  .next = "run the command again and look at the new plan"});
    }
  }
}

}  // namespace

std::vector<std::string> execute_prune(Repository& repository, const PrunePlan& plan,
                                       std::chrono::milliseconds lock_timeout, Observer& observer) {
  repository::Store& store = repository.store();
  std::vector<std::string> removed;
  (void)store.sweep();
  const auto alone = store.lock_alone(lock_timeout);
  refuse_if_moved(store, plan);
  repository::RunRecord record{.command = "prune", .database = {}, .facts = {}};
  repository::recorded(store, record, observer, [&] {
    for (const auto& decision : plan.decisions) {
      if (!decision.kept_because.empty()) {
        continue;
      }
      snapshot::stop_if_cancelled(observer);
      const std::string folder = base::cat("snapshots/", decision.snapshot.id, "/");
      // The manifest first: from then on it is no snapshot, and what stays after a crash is swept away.
      store.objects().remove(folder + "manifest.json");
      store.objects().remove_all(folder);
      removed.push_back(decision.snapshot.id);
      record.facts.emplace_back("removed", decision.snapshot.id);
    }
  });
  return removed;
}

}  // namespace dbrollback
