// Snapshots that a deploy or a way back takes for itself.
#pragma once

#include <string>

#include "dbrollback/snapshot.hpp"
#include "dbrollback/verify.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// Takes one for `reason`, or finds the one that was taken for it by a step that was cut off: no other has this reason.
// `pin` empty: it is not pinned.
[[nodiscard]] SnapshotSummary snapshot_for(repository::Store& store, const DatabaseConfig& database,
                                           const std::string& app_version, const std::string& reason,
                                           const std::string& pin, Observer& observer);

[[nodiscard]] VerifyReport prove_snapshot(repository::Store& store, const DatabaseConfig& database,
                                          const std::string& id, Proof level, Observer& observer);

// Takes the pins off that were put on with this reason.
void unpin(repository::Store& store, const std::string& reason);

// Throws Error "interrupted" when the observer wants that.
void stop_if_cancelled(Observer& observer);

}  // namespace dbrollback::recovery
