#include "engine/database/sqlite/read_ahead.hpp"

#include <algorithm>
#include <cstring>

#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

namespace {

constexpr std::uint64_t piece_bytes = 256U << 10U;

// An SQLite file has no room for a pointer of ours: a thread has one ReadAhead at a time.
thread_local ReadAhead* current = nullptr;

}  // namespace

ReadAhead::ReadAhead(Connection& connection) {
  sqlite3_file* file = nullptr;
  if (current != nullptr ||
      sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr) {
    return;
  }
  file_ = file;
  before_ = file->pMethods;
  methods_ = *before_;
  methods_.xRead = &ReadAhead::read;
  buffer_.resize(piece_bytes);
  file_->pMethods = &methods_;
  current = this;
}

ReadAhead::~ReadAhead() {
  if (file_ != nullptr) {
    file_->pMethods = before_;
    current = nullptr;
  }
}

// Leaves nothing in the buffer where that much cannot be read: then the page alone is tried, and its error counts.
void ReadAhead::fill(std::uint64_t offset) {
  bytes_ = 0;
  sqlite3_int64 size = 0;
  if (before_->xFileSize(file_, &size) != SQLITE_OK || static_cast<std::uint64_t>(size) <= offset) {
    return;
  }
  const std::uint64_t wanted = std::min(piece_bytes, static_cast<std::uint64_t>(size) - offset);
  if (before_->xRead(file_, buffer_.data(), static_cast<int>(wanted), static_cast<sqlite3_int64>(offset)) ==
      SQLITE_OK) {
    start_ = offset;
    bytes_ = wanted;
  }
}

int ReadAhead::read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept {
  ReadAhead& self = *current;
  const auto from = static_cast<std::uint64_t>(offset);
  const auto length = static_cast<std::uint64_t>(size);
  // Less than a page is SQLite's look at the file's change counter: that must be as it is now.
  if (file != self.file_ || length < 512) {
    return self.before_->xRead(file, into, size, offset);
  }
  if (!self.holds(from, length)) {
    self.fill(from);
  }
  if (!self.holds(from, length)) {
    return self.before_->xRead(file, into, size, offset);
  }
  std::memcpy(into, self.buffer_.data() + (from - self.start_), length);
  return SQLITE_OK;
}

}  // namespace dbrollback::database::sqlite
