// Which snapshots stay: a pure decision.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/prune.hpp"

namespace dbrollback::repository {

// `all` oldest first, of any databases; see plan_prune.
[[nodiscard]] std::vector<PruneDecision> decide(const std::vector<SnapshotSummary>& all, const Retention& keep,
                                                const std::string& timezone);

}  // namespace dbrollback::repository
