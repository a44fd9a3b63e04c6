// Retention.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/repository.hpp"

namespace dbrollback {

struct PruneDecision {
  SnapshotSummary snapshot;
  std::vector<std::string> kept_because;  // empty: it goes
};

struct PrunePlan {
  std::vector<PruneDecision> decisions;  // oldest first, database by database
  std::uint64_t bytes_freed = 0;
};

// Decides, per database, what goes. Never the only verified snapshot of a database, never a pinned one; a damaged one
// does not count towards any rule, and is removed only by rule, never for being damaged. Those of chosen tables count
// among themselves for `last`, and stand for no day, week or month. Days, weeks and months are those of `timezone`.
// Changes nothing. `database` empty: all databases.
[[nodiscard]] PrunePlan plan_prune(Repository& repository, const Retention& keep, const std::string& timezone,
                                   const std::string& database = {});

// Removes what the plan removes; returns the ids removed. Waits up to `lock_timeout` for readers and writers to be
// done. Errors: Exit::busy naming the holder; Exit::refused when the repository changed since the plan. State after a
// failure: each snapshot is whole or gone.
std::vector<std::string> execute_prune(Repository& repository, const PrunePlan& plan,
                                       std::chrono::milliseconds lock_timeout, Observer& observer);

}  // namespace dbrollback
