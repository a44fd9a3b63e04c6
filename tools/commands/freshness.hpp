// Whether there are snapshots that are new enough.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/snapshot.hpp"

namespace dbrollback::commands {

// The newest of each database; `snapshots` are oldest first.
[[nodiscard]] std::vector<SnapshotSummary> newest_of_each(const std::vector<SnapshotSummary>& snapshots);

// One sentence for each database in `snapshots` whose newest is older than `max_age`, and for each of `expected` that
// has none.
[[nodiscard]] std::vector<std::string> too_old(const std::vector<SnapshotSummary>& snapshots,
                                               const std::vector<DatabaseConfig>& expected,
                                               std::chrono::milliseconds max_age, Time now);

}  // namespace dbrollback::commands
