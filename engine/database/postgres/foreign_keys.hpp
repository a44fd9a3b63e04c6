// The foreign keys that some tables have or are referred to by, and rows that break them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

struct ForeignKey {
  std::string name;
  std::string table;  // in quotes, with its schema, as the next one
  std::string referred;
  std::string definition;   // as pg_get_constraintdef says
  std::string comment;      // empty: none
  bool valid = true;        // rows that were there before it were checked
  std::string orphans_sql;  // counts the rows that refer to nothing
};

// Those of the tables with these OIDs and to them, sorted by table and name. Of partitions: those of the whole tables.
[[nodiscard]] std::vector<ForeignKey> foreign_keys_of(Connection& connection, const std::vector<std::uint32_t>& tables);

[[nodiscard]] std::uint64_t count_orphans(Connection& connection, const ForeignKey& key);

void drop_key(Connection& connection, const ForeignKey& key);
// Makes it again as it was; `unchecked`: as NOT VALID, for rows to come only.
void add_key(Connection& connection, const ForeignKey& key, bool unchecked);

}  // namespace dbrollback::database::postgres
