// What differs between two snapshots, or between a snapshot and the live database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"

namespace dbrollback {

struct TableDifference {
  std::string name;
  std::optional<std::uint64_t> rows_a;  // absent: the table is not in A
  std::optional<std::uint64_t> rows_b;
  std::uint64_t added = 0;                   // rows of B whose key is not in A
  std::uint64_t removed = 0;                 // rows of A whose key is not in B
  std::uint64_t changed = 0;                 // rows with the same key and another value in a column that both have
  std::string compared_by;                   // "primary key (id)", "whole rows", or why it was not compared
  std::vector<std::string> columns_removed;  // in A only: their values are not in B
  std::vector<std::string> columns_added;

  [[nodiscard]] bool same() const {
    return rows_a.has_value() == rows_b.has_value() && added == 0 && removed == 0 && changed == 0 &&
           columns_removed.empty() && columns_added.empty();
  }
};

struct SchemaDifference {
  std::string object;  // "table orders", "index orders_by_date"
  std::string change;  // "removed", "added", "changed: …"
};

struct DiffReport {
  std::string a;  // snapshot id, or "live"
  std::string b;
  std::vector<SchemaDifference> schema;  // and values of sequences
  std::vector<TableDifference> tables;   // only those that differ, unless asked for all
  std::uint64_t tables_compared = 0;

  [[nodiscard]] bool same() const { return schema.empty() && tables.empty(); }
};

// `a` and `b` are snapshot specs as for Repository::resolve, or "live", which is `database` now.
[[nodiscard]] DiffReport diff(Repository& repository, const DatabaseConfig& database, const std::string& a,
                              const std::string& b, Observer& observer);

}  // namespace dbrollback
