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

namespace {

// Some are gone already: what is left is whole.
[[noreturn]] void fail_between(const Error& error, std::size_t removed) {
  ErrorInfo info = error.info();
  info.state = removed == 0 ? "nothing was removed"
                            : base::cat(base::plural(removed, "snapshot"), " removed; the others are as they were");
  info.next = info.next.empty() || removed > 0 ? "run `dbrollback prune` again" : info.next;
  info.exit = removed == 0 ? info.exit : Exit::partial;
  base::fail(std::move(info));
}

}  // namespace

std::vector<std::string> execute_prune(Repository& repository, const PrunePlan& plan,
                                       std::chrono::milliseconds lock_timeout, Observer& observer) {
  repository::Store& store = repository.store();
  std::vector<std::string> removed;
  store.require_writable();
  (void)store.sweep();
  const auto alone = store.lock_alone(lock_timeout);
  refuse_if_moved(store, plan);
  repository::RunRecord record{.command = "prune", .database = {}, .facts = {}};
  const auto remove = [&](const std::string& id) {
    snapshot::stop_if_cancelled(observer);
    store.remove_snapshot(id);
    removed.push_back(id);
    record.facts.emplace_back("removed", id);
  };
  repository::recorded(store, record, observer, [&] {
    for (const auto& decision : plan.decisions) {
      if (!decision.kept_because.empty()) {
        continue;
      }
      try {
        remove(decision.snapshot.id);
      } catch (const Error& error) {
        const bool begun = !store.is_published(decision.snapshot.id);  // what is left of it is swept away
        fail_between(error, removed.size() + (begun ? 1U : 0U));
      }
    }
  });
  return removed;
}

}  // namespace dbrollback
