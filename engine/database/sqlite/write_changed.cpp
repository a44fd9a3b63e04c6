#include "engine/database/sqlite/write_changed.hpp"

#include <cstring>

namespace dbrollback::database::sqlite {

int WriteChanged::write(const void* bytes, int size, sqlite3_int64 offset) {
  const auto length = static_cast<std::size_t>(size);
  std::byte* there = in_piece(static_cast<std::uint64_t>(offset), length);
  if (there != nullptr && std::memcmp(there, bytes, length) == 0) {
    return SQLITE_OK;
  }
  if (there != nullptr) {
    std::memcpy(there, bytes, length);  // what this writes again is compared with this
  }
  return real_write(bytes, size, offset);
}

}  // namespace dbrollback::database::sqlite
