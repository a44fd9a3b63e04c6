#include "engine/database/sqlite/read_ahead.hpp"

#include <cstring>

namespace dbrollback::database::sqlite {

// Where a piece cannot be read, the page alone is tried, and its error counts.
int ReadAhead::read(void* into, int size, sqlite3_int64 offset) {
  const auto length = static_cast<std::uint64_t>(size);
  // Less than a page is SQLite's look at what may change: a file's change counter, the header of a -wal.
  const std::byte* found = length < 512 ? nullptr : in_piece(static_cast<std::uint64_t>(offset), length);
  if (found == nullptr) {
    return real_read(into, size, offset);
  }
  std::memcpy(into, found, length);
  return SQLITE_OK;
}

}  // namespace dbrollback::database::sqlite
