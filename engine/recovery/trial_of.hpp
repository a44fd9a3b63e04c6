// Databases to try migrations on, made of what there is.
#pragma once

#include <memory>
#include <string>

#include "engine/database/trial.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// Like the live database, without its rows. Precondition: one of a server. Errors: as of its view, and of open_scratch.
[[nodiscard]] std::unique_ptr<database::Trial> trial_of_schema(const DatabaseConfig& config, Observer& observer);

// What a snapshot holds. Errors: Exit::damaged when it is; as of open_scratch; "partial" (Exit::refused).
[[nodiscard]] std::unique_ptr<database::Trial> trial_of_snapshot(repository::Store& store, const std::string& id,
                                                                 const DatabaseConfig& config, Observer& observer);

}  // namespace dbrollback::recovery
