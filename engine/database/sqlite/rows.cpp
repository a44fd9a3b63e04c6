#include "engine/database/sqlite/rows.hpp"

#include <bit>

namespace dbrollback::database::sqlite {

namespace {

// Larger values are hashed where SQLite holds them instead of being copied into the row.
constexpr std::size_t large_value = 1U << 20U;

}  // namespace

base::Hash128 RowHasher::hash(const Statement& row, int first, int count) {
  buffer_.clear();
  std::optional<base::Hasher> hasher;
  for (int column = first; column < first + count; ++column) {
    const int type = row.type(column);
    // SQLite numbers its types otherwise: ours are the specification's.
    const std::uint8_t tag = type == SQLITE_NULL      ? 0
                             : type == SQLITE_INTEGER ? 1
                             : type == SQLITE_FLOAT   ? 2
                             : type == SQLITE_TEXT    ? 3
                                                      : 4;
    base::put(buffer_, tag);
    if (tag == 1) {
      base::put(buffer_, static_cast<std::uint64_t>(row.integer(column)));
    } else if (tag == 2) {
      base::put(buffer_, std::bit_cast<std::uint64_t>(row.real(column)));
    } else if (tag != 0) {
      const base::ByteView value = row.bytes(column);
      base::put(buffer_, static_cast<std::uint64_t>(value.size()));
      if (value.size() < large_value) {
        base::put(buffer_, value);
      } else {
        hasher = hasher ? std::move(hasher) : base::Hasher();
        hasher->update(buffer_);
        buffer_.clear();
        hasher->update(value);
      }
    }
  }
  if (!hasher) {
    return base::xxh3_128(buffer_);
  }
  hasher->update(buffer_);
  return hasher->digest();
}

std::string data_columns(const schema::Table& table) {
  std::string out;
  for (const auto& column : table.columns) {
    if (!column.generated) {
      out += out.empty() ? "" : ", ";
      out += quote(column.name);
    }
  }
  return out;
}

Content content_of(Connection& connection, const schema::Table& table) {
  Statement rows(connection, "SELECT " + data_columns(table) + " FROM main." + quote(table.name));
  RowHasher hasher;
  Content content;
  while (rows.step()) {
    ++content.rows;
    content.hash += hasher.hash(rows, 0, rows.columns());
  }
  return content;
}

}  // namespace dbrollback::database::sqlite
