// Leaves alone what a database file holds already. A database that goes back to a snapshot is mostly what it was: the
// pages that differ are few, and to write and sync the others costs more than to read them.
#pragma once

#include "engine/database/sqlite/file_hook.hpp"

namespace dbrollback::database::sqlite {

// Precondition: from its first write until its end nobody else writes to the file: this connection has the EXCLUSIVE
// lock, or is in a checkpoint.
class WriteChanged final : public FileHook {
 public:
  using FileHook::FileHook;

 private:
  int write(const void* bytes, int size, sqlite3_int64 offset) override;
  void truncated() override { forget_piece(); }
};

}  // namespace dbrollback::database::sqlite
