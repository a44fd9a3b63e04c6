#include "engine/database/sqlite/file_hook.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

namespace {

constexpr std::uint64_t largest_piece = 256U << 10U;

}  // namespace

FileHook::FileHook(Connection& connection, Which which) {
  static_assert(std::is_standard_layout_v<Methods>);
  sqlite3_file* file = nullptr;
  const int pointer = which == Which::database ? SQLITE_FCNTL_FILE_POINTER : SQLITE_FCNTL_JOURNAL_POINTER;
  if (sqlite3_file_control(connection.handle(), "main", pointer, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr || file->pMethods->xRead == &FileHook::on_read) {
    return;
  }
  file_ = file;
  before_ = file->pMethods;
  methods_.table = *before_;
  methods_.table.xRead = &FileHook::on_read;
  methods_.table.xWrite = &FileHook::on_write;
  methods_.table.xTruncate = &FileHook::on_truncate;
  methods_.table.xSync = &FileHook::on_sync;
  methods_.table.xFileSize = &FileHook::on_size;
  methods_.hook = this;
  file_->pMethods = &methods_.table;
}

FileHook::~FileHook() {
  if (file_ != nullptr) {
    file_->pMethods = before_;
  }
}

std::byte* FileHook::in_piece(std::uint64_t offset, std::uint64_t size) {
  if (offset < piece_start_ || offset + size > piece_start_ + piece_bytes_) {
    piece_bytes_ = 0;
    sqlite3_int64 end = 0;
    if (before_->xFileSize(file_, &end) != SQLITE_OK || static_cast<std::uint64_t>(end) < offset + size) {
      return nullptr;
    }
    piece_.resize(largest_piece);
    const std::uint64_t wanted = std::min(largest_piece, static_cast<std::uint64_t>(end) - offset);
    if (size > wanted ||
        real_read(piece_.data(), static_cast<int>(wanted), static_cast<sqlite3_int64>(offset)) != SQLITE_OK) {
      return nullptr;
    }
    piece_start_ = offset;
    piece_bytes_ = wanted;
  }
  return piece_.data() + (offset - piece_start_);
}

FileHook& FileHook::of(sqlite3_file* file) { return *reinterpret_cast<const Methods*>(file->pMethods)->hook; }

int FileHook::on_read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept {
  FileHook& hook = of(file);
  const int result = hook.flush();
  return result == SQLITE_OK ? hook.read(into, size, offset) : result;
}

int FileHook::on_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) noexcept {
  return of(file).write(bytes, size, offset);
}

int FileHook::on_truncate(sqlite3_file* file, sqlite3_int64 size) noexcept {
  FileHook& hook = of(file);
  const int result = hook.flush();
  hook.truncated();
  return result == SQLITE_OK ? hook.before_->xTruncate(file, size) : result;
}

int FileHook::on_sync(sqlite3_file* file, int flags) noexcept {
  FileHook& hook = of(file);
  const int result = hook.flush();
  return result == SQLITE_OK ? hook.before_->xSync(file, flags) : result;
}

int FileHook::on_size(sqlite3_file* file, sqlite3_int64* size) noexcept {
  FileHook& hook = of(file);
  const int result = hook.flush();
  return result == SQLITE_OK ? hook.before_->xFileSize(file, size) : result;
}

}  // namespace dbrollback::database::sqlite
