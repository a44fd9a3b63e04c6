// Joins what SQLite appends to a -wal, two writes a page that begin nowhere near a block's edge, into large ones. The
// kernel begins to write them while more come, so that little is left for the sync of the commit.
#pragma once

#include "engine/base/file.hpp"
#include "engine/database/sqlite/file_hook.hpp"

namespace dbrollback::database::sqlite {

// For pages that a transaction writes before its commit. The commit itself must not find a hook: SQLite may write after
// its sync (walWriteToLog), and others read what it wrote as soon as it is there.
class WriteTogether final : public FileHook {
 public:
  explicit WriteTogether(Connection& connection);

  // Writes what is held back, and returns SQLite's code. Without it that is dropped, as for a rollback.
  int finish() { return flush(); }

 private:
  int write(const void* bytes, int size, sqlite3_int64 offset) override;
  int flush() override;

  base::Bytes held_;
  sqlite3_int64 start_ = 0;
  base::File file_;  // for the hint to the kernel; no locks are lost with it, a -wal has none
  std::uint64_t since_hint_ = 0;
};

}  // namespace dbrollback::database::sqlite
