// The text that a schema's fingerprint is made of: it says everything of an object, whatever is in its names, and SQL
// in it is SQL that SQLite takes for the same.
#include <sqlite3.h>

#include <charconv>
#include <vector>

#include "schema/diff.hpp"
#include "schema/model.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using fuzz::require;

// Reads "5:table4:note…\n" back.
std::vector<schema::Object> objects_in(std::string_view text) {
  std::vector<schema::Object> out;
  const auto part = [&] {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    require(error == std::errc() && end != text.data() + text.size() && *end == ':', "each part has its length");
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    require(size <= text.size(), "each part is there");
    const std::string_view found = text.substr(0, size);
    text.remove_prefix(size);
    return std::string(found);
  };
  while (!text.empty()) {
    schema::Object object;
    object.kind = part();
    object.name = part();
    object.table = part();
    object.sql = part();
    require(text.starts_with('\n'), "each object ends its line");
    text.remove_prefix(1);
    out.push_back(std::move(object));
  }
  return out;
}

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
  const schema::Schema after{.objects = objects_in(text), .tables = {}};
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
  return 0;
}
