// Restores to a server: another database is built beside the live one, compared with the snapshot, and put into its
// place.
#pragma once

#include <functional>

#include "dbrollback/restore.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Fills in what a plan for a server says. Changes nothing.
void plan_server(repository::Store& from, RestorePlan& plan);

// What was written since the snapshot, to the chosen tables or to all of them: the plan's `tables`, or a warning.
void estimate_loss(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan);

// Drops what restores of this database have left that were killed; the observer is told of each.
void drop_interrupted(database::ServerDatabase& target, Observer& observer);

// `before_change` is called when the other database is built and compared; it may be empty.
[[nodiscard]] RestoreResult execute_server(repository::Store& from, const RestorePlan& plan,
                                           const std::function<void()>& before_change, Observer& observer);

// What this role may not do to the live database that a plan would. Error (Exit::refused), "not_allowed".
void refuse_without_rights(database::ServerDatabase& target, const RestorePlan& plan);

}  // namespace dbrollback::restore
