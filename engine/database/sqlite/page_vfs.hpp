// A read-only file system of one file whose pages come from a PageSource: a stored snapshot opened as a database,
// without a copy of it anywhere.
#pragma once

#include <sqlite3.h>

#include <exception>
#include <string>

#include "engine/database/database.hpp"

namespace dbrollback::database::sqlite {

// Registered under a name of its own for as long as it lives. `source` must outlive it.
class PageVfs {
 public:
  explicit PageVfs(PageSource& source);
  ~PageVfs();
  PageVfs(const PageVfs&) = delete;
  PageVfs& operator=(const PageVfs&) = delete;
  PageVfs(PageVfs&&) = delete;
  PageVfs& operator=(PageVfs&&) = delete;

  [[nodiscard]] const char* name() const { return name_.c_str(); }
  // What the source threw, if anything: the reason behind an SQLITE_IOERR.
  void rethrow() const;

 private:
  struct File;
  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept;

  PageSource* source_;
  std::exception_ptr failure_;
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace dbrollback::database::sqlite
