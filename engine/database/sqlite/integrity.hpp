// SQLite's own checks of a database, and what they mean where only the application could make them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

struct References {
  // Rows that refer to nothing, by table and parent, as rowid and number of the foreign key, sorted. In a table without
  // rowids all are 0: only their number counts.
  using Rows = std::vector<std::pair<std::int64_t, std::int64_t>>;
  std::map<std::pair<std::string, std::string>, Rows> orphans;
  std::vector<std::string> unchecked;  // tables whose foreign keys SQLite cannot check, and why
};

// PRAGMA foreign_key_check of the main database. A foreign key that can never hold ("foreign key mismatch") makes
// SQLite refuse to check any: here it keeps only its own table from being checked.
[[nodiscard]] References check_references(Connection& connection);

// PRAGMA integrity_check and the references. What needs a function or a collation that only the application has is
// reported as unchecked, not as damage.
[[nodiscard]] View::Integrity check_integrity(Connection& connection);

}  // namespace dbrollback::database::sqlite
