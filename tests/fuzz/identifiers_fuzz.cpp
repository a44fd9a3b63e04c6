// Names in SQL: quoted, each is one identifier to SQLite's own parser, and the name that it was.
#include <sqlite3.h>

#include "engine/database/sqlite/connection.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using fuzz::require;

sqlite3* memory() {
  static sqlite3* const handle = [] {
    sqlite3* opened = nullptr;
    require(sqlite3_open(":memory:", &opened) == SQLITE_OK, "SQLite opens a database in memory");
    return opened;
  }();
  return handle;
}

void check(const std::string& name) {
  const std::string sql = "SELECT 1 AS " + database::sqlite::quote(name);
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  require(sqlite3_prepare_v2(memory(), sql.c_str(), -1, &statement, &tail) == SQLITE_OK, "a quoted name is a name");
  require(*tail == '\0' && sqlite3_column_count(statement) == 1, "nothing but a name is in it");
  require(sqlite3_column_name(statement, 0) == name, "it is the same name");
  (void)sqlite3_finalize(statement);
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A name comes from SQLite, whose names end at a zero byte.
  const std::string text = dbrollback::fuzz::Input(data, size).rest();
  dbrollback::check(text.substr(0, text.find('\0')));
  return 0;
}
