// Building a database of a server of a snapshot, and comparing it with that: restores and proofs go through here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/verify.hpp"
#include "engine/database/server.hpp"
#include "engine/restore/stored_database.hpp"

namespace dbrollback::restore {

// How to build with what is configured; the observer is told, and asked whether to stop. Both must outlive it.
[[nodiscard]] database::BuildOptions build_options(const DatabaseConfig& config, Observer& observer);

// Builds what `from` holds beside `target`. Not finished and not swapped in yet. State after a failure: nothing of it
// is left.
[[nodiscard]] std::unique_ptr<database::NewDatabase> build(database::ServerDatabase& target,
                                                           const StoredServerDatabase& from,
                                                           const database::BuildOptions& options);

// What there is to compare.
struct Compared {
  bool roles = true;  // and what names them: the schema, and rows that say whose a large object is
  bool data = true;
};

// Where `built` is not what `from` says: the schema; the rows of each table by number and content hash,
// sequences, whether materialised views have rows. Empty: nowhere.
[[nodiscard]] std::vector<Finding> compare(database::View& built, const StoredServerDatabase& from, Compared what,
                                           Observer& observer);

}  // namespace dbrollback::restore
