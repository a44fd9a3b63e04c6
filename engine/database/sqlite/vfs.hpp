// What our two SQLite file systems have in common: files that need no locks, no sync and no journal.
#pragma once

#include <sqlite3.h>

#include <string>

namespace dbrollback::database::sqlite {

// A name that no other registered file system has.
[[nodiscard]] std::string unique_vfs_name(const std::string& beginning);

// Methods that do nothing and succeed; reading, writing and the size are for the caller to fill in.
[[nodiscard]] sqlite3_io_methods inert_file_methods();

// A file system whose xOpen is for the caller to fill in; `name` must outlive it.
[[nodiscard]] sqlite3_vfs inert_vfs(const std::string& name, int file_size, void* data);

}  // namespace dbrollback::database::sqlite
