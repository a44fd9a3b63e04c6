// Taking a snapshot into a repository: room, names, capture.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::repository {

// Precondition: the caller holds the store's shared lock and the database's lock.
[[nodiscard]] SnapshotDetails take(Store& store, database::Database& database, const DatabaseConfig& config,
                                   const SnapshotOptions& options, bool tolerate_damage, Observer& observer);

// Throws Error (Exit::failed, "no_room") when `needed` bytes do not fit on the disk of `place`.
void require_room(std::uint64_t needed, std::uint64_t free, const std::string& place, const std::string& what,
                  const std::string& next);

// The view options that a configuration and an observer mean.
[[nodiscard]] database::ViewOptions view_options(const DatabaseConfig& config, Observer& observer);

}  // namespace dbrollback::repository
