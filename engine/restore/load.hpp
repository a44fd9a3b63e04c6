// Restores of data alone: into the tables of a server's database that are there, and empty.
#pragma once

#include "dbrollback/restore.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Fills in what a plan for such a restore says. Changes nothing. Precondition: plan.target is known.
void plan_load(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan);

[[nodiscard]] RestoreResult execute_load(repository::Store& from, const RestorePlan& plan, Observer& observer);

}  // namespace dbrollback::restore
