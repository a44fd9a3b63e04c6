// A snapshot of a server's database as a script that psql loads.
#pragma once

#include <filesystem>

#include "dbrollback/restore.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Writes a file that does not exist yet, for this account alone. Returns its length in bytes. Errors: as of
// make_new_file and refuse_unknown_roles; Exit::damaged when the snapshot is.
std::uint64_t write_script(repository::Store& store, SnapshotDetails manifest, const std::filesystem::path& file,
                           const ExportOptions& options, Observer& observer);

}  // namespace dbrollback::restore
