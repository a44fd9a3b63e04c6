// Building a database of a server of a snapshot, and comparing it with that: restores and proofs go through here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/verify.hpp"
#include "engine/database/server.hpp"
#include "engine/restore/stored_database.hpp"

namespace dbrollback::restore {

// Builds what `from` holds beside `target`. Not finished and not swapped in yet. State after a failure: nothing of it
// is left.
[[nodiscard]] std::unique_ptr<database::NewDatabase> build(database::ServerDatabase& target,
                                                           const StoredServerDatabase& from,
                                                           const database::BuildOptions& options);

// Where `built` is not what the manifest says: the schema (unless owners or privileges were left out), the rows of each
// table by number and content hash, sequences, whether materialised views have rows. Empty: nowhere.
[[nodiscard]] std::vector<Finding> compare(database::View& built, const SnapshotDetails& manifest, bool with_schema,
                                           const std::function<void(std::uint64_t bytes)>& progress);

}  // namespace dbrollback::restore
