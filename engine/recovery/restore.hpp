// A restore with all that goes with it: locks, and the record of a migration that is half way.
#pragma once

#include <functional>
#include <string>

#include "dbrollback/restore.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// As dbrollback::execute_restore, without a run record.
[[nodiscard]] RestoreResult restore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                                    const std::function<void()>& before_change, Observer& observer);

// The record of a migration that is half way goes with the state that it is of, as UnfinishedRecord::change_state says.
// The database is changed already: what cannot be recorded is a warning.
void change_state(repository::Store& store, const std::string& identity, const std::string& aside,
                  const std::string& back, Observer& observer);

}  // namespace dbrollback::recovery
