// The snapshot of what a restore is about to replace in a database of a server.
#pragma once

#include <functional>

#include "dbrollback/restore.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// What takes it, and puts its id into `result`; empty where the plan takes none. What it is given must outlive it.
// Throws Error (Exit::usage) where it would be taken and there is no repository for it.
[[nodiscard]] std::function<void()> state_keeper(database::Database& target, repository::Store* before_in,
                                                 const RestorePlan& plan, RestoreResult& result, Observer& observer);

}  // namespace dbrollback::restore
