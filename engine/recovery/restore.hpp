// A restore with all that goes with it: locks, and the record of a migration that is half way.
#pragma once

#include <functional>

#include "dbrollback/restore.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// As dbrollback::execute_restore, without a run record.
[[nodiscard]] RestoreResult restore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                                    const std::function<void()>& before_change, Observer& observer);

}  // namespace dbrollback::recovery
