// Reads a database file, or its -wal, in larger pieces than pages while a transaction pins its content: a system call a
// page costs more than everything else that a snapshot of an unchanged database does.
//
// What is read ahead stays right. In rollback-journal mode nobody writes to the file while a reader has its lock. In
// WAL mode a checkpoint may write to it, but only pages whose latest content this reader finds in the -wal and does not
// read here; and what a -wal holds up to the last commit is not written again before it was checkpointed whole
// (https://sqlite.org/walformat.html, "The WAL-Reset and checkpoint procedures").
#pragma once

#include "engine/database/sqlite/file_hook.hpp"

namespace dbrollback::database::sqlite {

// Precondition: the connection is in a read transaction, or in a checkpoint, from before this reads until it ends.
class ReadAhead final : public FileHook {
 public:
  using FileHook::FileHook;

 private:
  int read(void* into, int size, sqlite3_int64 offset) override;
};

}  // namespace dbrollback::database::sqlite
