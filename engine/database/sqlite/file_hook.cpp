#include "engine/database/sqlite/file_hook.hpp"

#include <type_traits>

#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

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
