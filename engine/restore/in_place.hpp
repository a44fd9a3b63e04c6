// Restores of a whole snapshot into a live database of a server, in one transaction.
#pragma once

#include "dbrollback/restore.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Fills in what a plan for it says. Changes nothing.
void plan_in_place(repository::Store& from, database::ServerDatabase& target, const SnapshotDetails& manifest,
                   RestorePlan& plan);

// `before_in` as of execute_restore.
[[nodiscard]] RestoreResult execute_in_place(repository::Store& from, repository::Store* before_in,
                                             const RestorePlan& plan, Observer& observer);

}  // namespace dbrollback::restore
