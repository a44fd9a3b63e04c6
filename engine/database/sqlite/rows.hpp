// Rows as bytes, for hashing and comparing. docs/format.md, "Canonical rows", is the specification.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/database/sqlite/connection.hpp"
#include "schema/model.hpp"

namespace dbrollback::database::sqlite {

// Each value: a byte (0 NULL, 1 integer, 2 real, 3 text, 4 blob), then nothing, 8 bytes, 8 bytes of IEEE 754, or an
// 8-byte length and the bytes (text as UTF-8). Numbers are little-endian.
class RowHasher {
 public:
  // Columns [first, first + count) of the statement's current row.
  [[nodiscard]] base::Hash128 hash(const Statement& row, int first, int count);

 private:
  base::Bytes buffer_;
};

// The names of the columns that hold data (generated ones left out), quoted, separated by commas.
[[nodiscard]] std::string data_columns(const schema::Table& table);

[[nodiscard]] Content content_of(Connection& connection, const schema::Table& table);

// SQLite's order of values (https://sqlite.org/datatype3.html#sort_order) with text compared by its bytes.
[[nodiscard]] std::strong_ordering compare_values(const Statement& a, int column_a, const Statement& b, int column_b);

// The rows of two tables against each other, by their primary key where both have the same one, else as whole rows.
[[nodiscard]] RowDifference compare_rows(Connection& a, const schema::Table& table_a, Connection& b,
                                         const schema::Table& table_b);

}  // namespace dbrollback::database::sqlite
