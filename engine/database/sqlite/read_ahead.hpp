// Reads a database file in larger pieces than pages while a transaction pins its content: a system call a page costs
// more than everything else that a snapshot of an unchanged database does.
//
// What is read ahead stays right. In rollback-journal mode nobody writes to the file while a reader has its lock. In
// WAL mode a checkpoint may write to it, but only pages whose latest content this reader finds in the -wal and does not
// read here (https://sqlite.org/walformat.html, "The WAL-Reset and checkpoint procedures").
#pragma once

#include <sqlite3.h>

#include "engine/base/bytes.hpp"

namespace dbrollback::database::sqlite {

class Connection;

// Works for as long as it lives. Precondition: the connection is in a read transaction that outlives it. One thread.
class ReadAhead {
 public:
  explicit ReadAhead(Connection& connection);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ReadAhead(ReadAhead&&) = delete;
  ReadAhead& operator=(ReadAhead&&) = delete;

 private:
  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept;
  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset >= start_ && offset + size <= start_ + bytes_;
  }
  void fill(std::uint64_t offset);

  sqlite3_file* file_ = nullptr;
  const sqlite3_io_methods* before_ = nullptr;
  sqlite3_io_methods methods_{};
  base::Bytes buffer_;
  std::uint64_t start_ = 0;  // of what the buffer holds
  std::uint64_t bytes_ = 0;
};

}  // namespace dbrollback::database::sqlite
