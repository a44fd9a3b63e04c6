// Stands between SQLite and a file that a connection has open, to make fewer and larger system calls, or none. The
// file's own methods stay behind it: locks, shared memory and syncs are SQLite's as ever
// (https://sqlite.org/c3ref/io_methods.html).
#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "engine/base/bytes.hpp"

namespace dbrollback::database::sqlite {

class Connection;

// Works for as long as it lives; does nothing where SQLite has no such file open, or another hook is on it.
// Precondition: neither the connection nor this file is closed meanwhile. One thread. Results are SQLite's codes.
class FileHook {
 public:
  enum class Which { database, journal };  // in WAL mode the journal is the -wal

  FileHook(Connection& connection, Which which);
  FileHook(const FileHook&) = delete;
  FileHook& operator=(const FileHook&) = delete;
  FileHook(FileHook&&) = delete;
  FileHook& operator=(FileHook&&) = delete;
  virtual ~FileHook();

 protected:
  // What SQLite asks for, passed on unless overridden. `flush` comes before everything that a held back write could
  // make wrong: reading, syncing, truncating, asking for the size.
  virtual int read(void* into, int size, sqlite3_int64 offset) { return real_read(into, size, offset); }
  virtual int write(const void* bytes, int size, sqlite3_int64 offset) { return real_write(bytes, size, offset); }
  virtual int flush() { return SQLITE_OK; }
  virtual void truncated() {}

  int real_read(void* into, int size, sqlite3_int64 offset) { return before_->xRead(file_, into, size, offset); }
  int real_write(const void* bytes, int size, sqlite3_int64 offset) {
    return before_->xWrite(file_, bytes, size, offset);
  }
  // The file's bytes at [offset, offset + size), out of a piece that is read at once; null when they cannot be had.
  // Precondition: nothing else writes to them before `forget_piece`.
  std::byte* in_piece(std::uint64_t offset, std::uint64_t size);
  void forget_piece() { piece_bytes_ = 0; }

 private:
  struct Methods {
    sqlite3_io_methods table;  // first: SQLite's pointer to it is one to the whole
    FileHook* hook;
  };
  static FileHook& of(sqlite3_file* file);
  static int on_read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept;
  static int on_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) noexcept;
  static int on_truncate(sqlite3_file* file, sqlite3_int64 size) noexcept;
  static int on_sync(sqlite3_file* file, int flags) noexcept;
  static int on_size(sqlite3_file* file, sqlite3_int64* size) noexcept;

  sqlite3_file* file_ = nullptr;
  const sqlite3_io_methods* before_ = nullptr;
  Methods methods_{};
  base::Bytes piece_;
  std::uint64_t piece_start_ = 0;
  std::uint64_t piece_bytes_ = 0;
};

}  // namespace dbrollback::database::sqlite
