// Putting a snapshot back. Restores, exports and scratch copies of files all end in FileDatabase::overwrite with the
// pages of a snapshot; those of servers in build.hpp.
#pragma once

#include <functional>

#include "dbrollback/restore.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

[[nodiscard]] RestoreResult execute(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                                    const std::function<void()>& before_change, Observer& observer);

// Writes a snapshot's pages to a file that does not exist yet and compares them; nothing is there after a failure.
void write_new_file(database::PageSource& pages, const std::filesystem::path& file, bool verify, Observer& observer);

// Throws Error (Exit::damaged) when anything stored of the snapshot is damaged: nothing must be overwritten with it.
void require_whole(repository::Store& from, const std::string& id, Observer& observer);

}  // namespace dbrollback::restore
