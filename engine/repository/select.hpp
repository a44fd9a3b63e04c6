// Which snapshot somebody means.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"

namespace dbrollback::repository {

// `all` oldest first. See Repository::resolve. `before:V` is the oldest of the latest run of snapshots for version V:
// when V was deployed twice in a row, the second snapshot already holds what V did.
[[nodiscard]] SnapshotSummary select(const std::vector<SnapshotSummary>& all, const std::string& spec,
                                     const std::string& database);

}  // namespace dbrollback::repository
