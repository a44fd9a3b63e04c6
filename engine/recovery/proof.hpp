// The proof, after a way back, that the database is what it was.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/release.hpp"
#include "dbrollback/rollback.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

struct Proven {
  std::string fingerprint;             // of the schema that there is
  std::vector<std::string> sentences;  // what was compared, and with which result
};

// Compares the database with what was recorded before `first`. The order of a table's columns may be another one after
// down scripts, and is told. Error "not_proven" (Exit::partial), naming what differs.
[[nodiscard]] Proven prove_state(repository::Store& store, const DatabaseConfig& database, const Release& first,
                                 Strategy strategy, Observer& observer);

}  // namespace dbrollback::recovery
