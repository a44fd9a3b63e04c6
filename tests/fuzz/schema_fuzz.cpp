// The text that a schema's fingerprint is made of: it says everything of an object, whatever is in its names, SQL in it
// is SQL that SQLite takes for the same, and it is read again.
#include <sqlite3.h>

#include <vector>

#include "schema/diff.hpp"
#include "schema/model.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using fuzz::require;

bool is_sql(const std::string& text) {
  static sqlite3* const memory = [] {
    sqlite3* opened = nullptr;
    require(sqlite3_open(":memory:", &opened) == SQLITE_OK, "SQLite opens a database in memory");
    return opened;
  }();
  sqlite3_stmt* statement = nullptr;
  const bool good = sqlite3_prepare_v2(memory, text.c_str(), -1, &statement, nullptr) == SQLITE_OK;
  (void)sqlite3_finalize(statement);
  return good;
}

void check(const schema::Schema& before) {
  const std::string text = canonical_text(before);
  const auto objects = schema::objects_of(text);
  require(objects.has_value(), "it can be read");
  const schema::Schema after{.objects = *objects, .tables = {}};
  require(after.objects.size() == before.objects.size(), "every object is in it");
  for (std::size_t i = 0; i < before.objects.size(); ++i) {
    const schema::Object& was = before.objects[i];
    const schema::Object& is = after.objects[i];
    require(is.kind == was.kind && is.name == was.name && is.table == was.table, "names are in it as they are");
    require(!is_sql(was.sql) || is_sql(is.sql), "what was SQL is SQL");
  }
  require(canonical_text(after) == text, "it is the same for what was made of it");
  require(diff(before, before).empty(), "nothing differs from itself");
}

// What a repository has as such a text may be anything.
void check_any(std::string_view text) {
  if (const auto objects = schema::objects_of(text)) {
    const std::string again = schema::canonical_text({.objects = *objects, .tables = {}});
    require(schema::objects_of(again).has_value(), "what was read is such a text again");
  }
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  fuzz::Input input(data, size);
  schema::Schema schema;
  for (unsigned left = input.byte() % 4; left > 0; --left) {
    const std::string kind = input.line();
    const std::string name = input.line();
    schema.objects.push_back({.kind = kind, .name = name, .table = name, .sql = input.line()});
  }
  const std::string sql = input.rest();  // may have line ends
  schema.objects.push_back({.kind = "table", .name = "t", .table = "t", .sql = sql});
  check(schema);
  check_any(sql);
  return 0;
}
