#include "engine/database/sqlite/write_together.hpp"

#include <cstring>

#include "dbrollback/error.hpp"
#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

namespace {

// SQLite's own file systems write less than 128 KiB at once: they cut off the higher bits of a size.
constexpr std::size_t most_at_once = 120U << 10U;
constexpr std::uint64_t hint_bytes = 32U << 20U;

base::File open_wal(Connection& connection) {
  try {
    const char* wal = sqlite3_filename_wal(sqlite3_db_filename(connection.handle(), "main"));
    return {wal, base::File::Mode::read};
  } catch (const Error&) {
    return {};  // then without hints
  }
}

}  // namespace

WriteTogether::WriteTogether(Connection& connection)
    : FileHook(connection, Which::journal), file_(open_wal(connection)) {}

int WriteTogether::write(const void* bytes, int size, sqlite3_int64 offset) {
  const auto length = static_cast<std::size_t>(size);
  if (offset != start_ + static_cast<sqlite3_int64>(held_.size()) || held_.size() + length > most_at_once) {
    const int result = flush();
    if (result != SQLITE_OK) {
      return result;
    }
    start_ = offset;
  }
  const std::size_t held = held_.size();
  held_.resize(held + length);
  std::memcpy(held_.data() + held, bytes, length);
  return SQLITE_OK;
}

int WriteTogether::flush() {
  if (held_.empty()) {
    return SQLITE_OK;
  }
  const int result = real_write(held_.data(), static_cast<int>(held_.size()), start_);
  start_ += static_cast<sqlite3_int64>(held_.size());
  since_hint_ += held_.size();
  if (since_hint_ >= hint_bytes && file_.is_open()) {
    file_.start_writing_back();
    since_hint_ = 0;
  }
  held_.clear();
  return result;
}

}  // namespace dbrollback::database::sqlite
