#include <algorithm>
#include <cstring>

#include "engine/base/text.hpp"
#include "engine/database/sqlite/rows.hpp"

namespace dbrollback::database::sqlite {

namespace {

constexpr const char* utf8_order = "dbrollback_utf8";

int rank(int type) {
  return type == SQLITE_NULL ? 0 : type == SQLITE_INTEGER || type == SQLITE_FLOAT ? 1 : type == SQLITE_TEXT ? 2 : 3;
}

std::strong_ordering order_of(long double a, long double b) {
  return a < b ? std::strong_ordering::less : a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

// One side of a merge: rows in the order of their first `keys` columns.
class Side {
 public:
  Side(Connection& connection, const schema::Table& table, const std::vector<std::string>& columns, std::size_t keys)
      : rows_(connection, sql(connection, table, columns, keys)) {
    next();
  }
  [[nodiscard]] const Statement& row() const { return rows_; }
  [[nodiscard]] bool more() const { return more_; }
  void next() { more_ = rows_.step(); }

 private:
  static std::string sql(Connection& connection, const schema::Table& table, const std::vector<std::string>& columns,
                         std::size_t keys) {
    // In a UTF-16 database BINARY compares UTF-16: ours compares UTF-8, everywhere alike.
    const bool utf8 = connection.value("PRAGMA encoding") == "UTF-8";
    std::string list;
    std::string order;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      list += base::cat(i == 0 ? "" : ", ", quote(columns[i]));
      if (i < keys) {
        order += base::cat(i == 0 ? "" : ", ", quote(columns[i]), " COLLATE ", utf8 ? "BINARY" : utf8_order);
      }
    }
    return base::cat("SELECT ", list, " FROM main.", quote(table.name), " ORDER BY ", order);
  }

  Statement rows_;
  bool more_ = false;
};

std::vector<std::string> common_columns(const schema::Table& a, const schema::Table& b,
                                        const std::vector<std::string>& key) {
  std::vector<std::string> columns = key;
  for (const auto& column : a.columns) {
    const auto at = std::ranges::find(b.columns, column.name, &schema::Column::name);
    if (!column.generated && at != b.columns.end() && !at->generated &&
        std::ranges::find(columns, column.name) == columns.end()) {
      columns.push_back(column.name);
    }
  }
  return columns;
}

}  // namespace

std::strong_ordering compare_values(const Statement& a, int column_a, const Statement& b, int column_b) {
  const int type_a = a.type(column_a);
  const int type_b = b.type(column_b);
  if (rank(type_a) != rank(type_b)) {
    return rank(type_a) <=> rank(type_b);
  }
  if (type_a == SQLITE_NULL) {
    return std::strong_ordering::equal;
  }
  if (rank(type_a) == 1) {
    // A long double holds every 64-bit integer and every double exactly.
    const auto number = [](const Statement& row, int column, int type) {
      return type == SQLITE_INTEGER ? static_cast<long double>(row.integer(column))
                                    : static_cast<long double>(row.real(column));
    };
    return order_of(number(a, column_a, type_a), number(b, column_b, type_b));
  }
  const base::ByteView left = a.bytes(column_a);
  const base::ByteView right = b.bytes(column_b);
  const std::size_t shared = std::min(left.size(), right.size());
  const int order = shared == 0 ? 0 : std::memcmp(left.data(), right.data(), shared);
  return order != 0 ? order <=> 0 : left.size() <=> right.size();
}

RowDifference compare_rows(Connection& a, const schema::Table& table_a, Connection& b, const schema::Table& table_b) {
  RowDifference out;
  const bool by_key = !table_a.key.empty() && table_a.key == table_b.key;
  const auto columns = common_columns(table_a, table_b, by_key ? table_a.key : std::vector<std::string>{});
  if (columns.empty()) {
    out.compared_by = "not compared: the two have no column in common";
    return out;
  }
  const std::size_t keys = by_key ? table_a.key.size() : columns.size();
  out.compared_by = by_key ? base::cat("primary key (", base::join(table_a.key, ", "), ")")
                           : std::string("whole rows: there is no common primary key");
  for (Connection* connection : {&a, &b}) {
    connection->check(register_byte_order(connection->handle(), utf8_order, SQLITE_UTF8), "read");
  }
  Side left(a, table_a, columns, keys);
  Side right(b, table_b, columns, keys);
  RowHasher hasher;
  const auto first_value = static_cast<int>(keys);
  const auto values = static_cast<int>(columns.size() - keys);
  while (left.more() || right.more()) {
    auto order = !left.more() ? std::strong_ordering::greater : std::strong_ordering::less;
    if (left.more() && right.more()) {
      order = std::strong_ordering::equal;
      for (int key = 0; key < first_value && order == std::strong_ordering::equal; ++key) {
        order = compare_values(left.row(), key, right.row(), key);
      }
    }
    if (order == std::strong_ordering::equal) {
      if (hasher.hash(left.row(), first_value, values) != hasher.hash(right.row(), first_value, values)) {
        ++out.changed;
      }
      left.next();
      right.next();
    } else if (order == std::strong_ordering::less) {
      ++out.removed;
      left.next();
    } else {
      ++out.added;
      right.next();
    }
  }
  return out;
}

}  // namespace dbrollback::database::sqlite
