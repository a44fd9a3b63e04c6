// Restores of chosen tables into a live database of a server.
#pragma once

#include "dbrollback/restore.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Fills in what a plan for chosen tables says. Changes nothing.
void plan_server_tables(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan);

// `before_in` as of execute_restore.
[[nodiscard]] RestoreResult execute_server_tables(repository::Store& from, repository::Store* before_in,
                                                  const RestorePlan& plan, Observer& observer);

}  // namespace dbrollback::restore
