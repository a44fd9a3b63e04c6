#include "engine/database/sqlite/describe.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace dbrollback::database::sqlite {

namespace {

// The internal tables that hold an application's facts are described too: sqlite_sequence, sqlite_stat1.
constexpr const char* objects_sql =
    "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";
constexpr const char* tables_sql =
    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow', 'virtual') "
    "AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema') ORDER BY name";
// hidden: 0 an ordinary column, 2 and 3 generated ones.
constexpr const char* columns_sql =
    "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk, hidden FROM pragma_table_xinfo(?1, 'main') "
    "WHERE hidden <> 1 ORDER BY cid";

schema::Table read_table(Statement& columns, const std::string& name) {
  schema::Table table{.name = name, .columns = {}, .key = {}};
  std::vector<std::pair<std::int64_t, std::string>> key;
  columns.reset();
  columns.bind(1, name);
  while (columns.step()) {
    table.columns.push_back({.name = columns.text(0),
                             .type = columns.text(1),
                             .not_null = columns.integer(2) != 0,
                             .default_value = columns.text(3),
                             .generated = columns.integer(5) != 0});
    if (columns.integer(4) > 0) {
      key.emplace_back(columns.integer(4), columns.text(0));
    }
  }
  std::ranges::sort(key);
  for (auto& [position, column] : key) {
    table.key.push_back(std::move(column));
  }
  return table;
}

void read_schema(Connection& connection, Description& out) {
  Statement objects(connection, objects_sql);
  while (objects.step()) {
    out.schema.objects.push_back(
        {.kind = objects.text(0), .name = objects.text(1), .table = objects.text(2), .sql = objects.text(3)});
  }
  Statement tables(connection, tables_sql);
  Statement columns(connection, columns_sql);
  while (tables.step()) {
    const std::string name = tables.text(0);
    if (tables.text(1) == "virtual") {
      out.left_out.emplace_back(base::cat("virtual table ", name),
                                "has no rows of its own: the tables behind it are captured and counted");
    } else {
      out.schema.tables.push_back(read_table(columns, name));
    }
  }
}

}  // namespace

Description describe(Connection& connection, const std::string& source) {
  Description out;
  out.engine = "sqlite";
  out.server_version = base::cat("SQLite ", sqlite3_libversion());
  out.source = source;
  out.page_size = static_cast<std::uint32_t>(connection.integer("PRAGMA page_size"));
  out.page_count = static_cast<std::uint64_t>(connection.integer("PRAGMA page_count"));
  out.encoding = connection.value("PRAGMA encoding").value_or("");
  out.journal_mode = connection.value("PRAGMA journal_mode").value_or("");
  read_schema(connection, out);
  return out;
}

}  // namespace dbrollback::database::sqlite
