// Rehearsing migrations where nobody minds: what comes back when they are applied and then reverted.
#pragma once

#include "dbrollback/migrate.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// `snapshot` is an id. The verdicts are kept in the repository: rehearsals/HASH.json, by a hash of both scripts.
[[nodiscard]] RehearsalReport rehearse(repository::Store& store, const DatabaseConfig& database,
                                       const std::string& snapshot, const std::string& to, Observer& observer);

}  // namespace dbrollback::recovery
