#include "dbrollback/prune.hpp"

#include <algorithm>
#include <functional>
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

[[noreturn]] void refuse(const std::string& id, const std::string& why) {
  base::fail({.code = "repository_changed",
              .exit = Exit::refused,
              .message = base::cat("snapshot ", id, " ", why),
              .object = id,
              .state = "nothing was removed",
              .next = "run the command again and look at the new plan"});
}

std::string state_of(const SnapshotSummary& snapshot) {
  return base::cat(snapshot.id, " ", to_string(snapshot.proof), snapshot.damaged ? " damaged" : "",
                   snapshot.pinned ? " pinned" : "");
}

// Pinned, proven, gone or referred to since: decided on another world.
void refuse_if_moved(repository::Store& store, const PrunePlan& plan) {
  const auto all = store.catalog().all();
  std::set<std::string> now;
  for (const auto& snapshot : all) {
    now.insert(state_of(snapshot));
  }
  std::set<std::string> going;
  for (const auto& decision : plan.decisions) {
    if (!now.contains(state_of(decision.snapshot))) {
      refuse(decision.snapshot.id, "is not what it was when this was decided");
    }
    if (decision.kept_because.empty()) {
      going.insert(decision.snapshot.id);
    }
  }
  for (const auto& snapshot : all) {
    for (const auto& holder : snapshot.holders) {
      if (going.contains(holder) && !going.contains(snapshot.id)) {
        refuse(holder, base::cat("holds pages of ", snapshot.id, ", which stays"));
      }
    }
  }
}

// Some are gone already: what is left is whole.
[[noreturn]] void fail_between(const Error& error, std::size_t removed) {
  ErrorInfo info = error.info();
  info.state = removed == 0 ? "nothing was removed"
                            : base::cat(base::plural(removed, "snapshot"), " removed; the others are as they were");
  info.next = info.next.empty() || removed > 0 ? "run `dbrollback prune` again" : info.next;
  info.exit = removed == 0 ? info.exit : Exit::partial;
  base::fail(std::move(info));
}

std::vector<std::string> newest_first(const PrunePlan& plan) {
  std::vector<const SnapshotSummary*> going;
  for (const auto& decision : plan.decisions) {
    if (decision.kept_because.empty()) {
      going.push_back(&decision.snapshot);
    }
  }
  std::ranges::stable_sort(going, std::ranges::greater{}, [](const SnapshotSummary* s) { return s->created; });
  std::vector<std::string> ids;
  ids.reserve(going.size());
  for (const auto* snapshot : going) {
    ids.push_back(snapshot->id);
  }
  return ids;
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
    // The newest first: nothing goes before what refers to it.
    for (const auto& id : newest_first(plan)) {
      try {
        remove(id);
      } catch (const Error& error) {
        const bool begun = !store.is_published(id);  // what is left of it is swept away
        fail_between(error, removed.size() + (begun ? 1U : 0U));
      }
    }
  });
  return removed;
}

}  // namespace dbrollback
