// Which snapshot the next one is compared with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/repository/store.hpp"
#include "engine/snapshot/parent.hpp"

namespace dbrollback::repository {

// The secret that tags pages; nothing, and a warning, where it cannot be read: then snapshots stand alone.
[[nodiscard]] std::optional<base::Mac::Key> page_key(Store& store, Observer& observer);

// The snapshot among the `earlier` ones, oldest first, whose pages the next one of `lineage` need not store again; null
// where it had better store everything, and a note that says why.
[[nodiscard]] std::unique_ptr<snapshot::Parent> find_parent(Store& store, const std::vector<SnapshotSummary>& earlier,
                                                            const std::string& lineage,
                                                            const database::Description& database,
                                                            const base::Mac::Key& key, Observer& observer);

}  // namespace dbrollback::repository
