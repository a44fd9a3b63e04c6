#include "engine/database/postgres/written_since.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr const char* identity_sql = R"(
SELECT s.system_identifier, d.oid, coalesce(pg_stat_get_db_stat_reset_time(d.oid)::text, '')
FROM pg_control_system() s, pg_database d WHERE d.datname = current_database())";

struct Now {
  std::string name;
  std::uint32_t file_node = 0;
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t deleted = 0;
  std::uint64_t rows = 0;
};

std::uint64_t count_of(const Result& rows, int row, int column) {
  return static_cast<std::uint64_t>(rows.integer(row, column));
}

std::map<std::uint32_t, Now> tables_now(Connection& live) {
  const Result rows = live.execute(cat(R"(
SELECT c.oid, n.nspname, c.relname, coalesce(pg_relation_filenode(c.oid), 0),
       coalesce(pg_stat_get_tuples_inserted(c.oid), 0), coalesce(pg_stat_get_tuples_updated(c.oid), 0),
       coalesce(pg_stat_get_tuples_deleted(c.oid), 0), coalesce(pg_stat_get_live_tuples(c.oid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND )",
                                       of_users));
  std::map<std::uint32_t, Now> out;
  for (int row = 0; row < rows.rows(); ++row) {
    Now& table = out[static_cast<std::uint32_t>(rows.integer(row, 0))];
    table.name = shown_name(rows.text(row, 1), rows.text(row, 2));
    table.file_node = static_cast<std::uint32_t>(rows.integer(row, 3));
    table.inserted = count_of(rows, row, 4);
    table.updated = count_of(rows, row, 5);
    table.deleted = count_of(rows, row, 6);
    table.rows = count_of(rows, row, 7);
  }
  return out;
}

// A database that is older than the one that it replaced was put back, and has counted since long before.
constexpr const char* is_older_sql = R"(
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) <
       (SELECT oid FROM pg_database WHERE datname = $1))";

constexpr const char* modified_sql = R"(
SELECT schemaname, relname, greatest(n_mod_since_analyze, n_tup_upd + n_tup_del) AS written
FROM pg_stat_user_tables WHERE n_mod_since_analyze > 0 OR n_tup_upd + n_tup_del > 0
ORDER BY written DESC, schemaname, relname)";

// A table of that name which is another one: made anew, by a migration or by a restore in place. All of its rows have
// been written since, and nobody can tell how many of them are those that there were.
std::optional<Now> take_namesake(std::map<std::uint32_t, Now>& now, const std::string& name) {
  const auto at = std::ranges::find_if(now, [&](const auto& each) { return each.second.name == name; });
  if (at == now.end()) {
    return std::nullopt;
  }
  const Now out = at->second;
  now.erase(at);
  return out;
}

std::uint64_t more(std::uint64_t now, std::uint64_t then) { return now > then ? now - then : 0; }

}  // namespace

WrittenSince written_since(Connection& live, const PostgresFacts& snapshot, const std::vector<TableFacts>& tables) {
  WrittenSince out;
  const Result identity = live.execute(identity_sql);
  if (identity.text(0, 0) != snapshot.system_identifier || identity.integer(0, 1) != snapshot.database_oid) {
    out.unknown = "it is not the very database that the snapshot was taken of";
    return out;
  }
  if (identity.text(0, 2) != snapshot.counters_reset) {
    out.unknown = "the server's counters were reset since the snapshot";
    return out;
  }
  auto now = tables_now(live);
  std::vector<const TableFacts*> made_anew;
  for (const TableFacts& table : tables) {
    const auto at = now.find(table.postgres->oid);
    if (holds_large_objects(*table.postgres)) {
      continue;  // the server does not count what is done to them
    }
    if (at == now.end()) {
      made_anew.push_back(&table);
      continue;
    }
    const Now& here = at->second;
    const std::uint64_t written = more(here.inserted, table.postgres->inserted) +
                                  more(here.updated, table.postgres->updated) +
                                  more(here.deleted, table.postgres->deleted);
    if (written > 0 || here.file_node != table.postgres->file_node) {
      out.tables.push_back({.name = here.name, .rows_then = table.rows, .rows_now = here.rows, .written = written});
    }
    now.erase(at);
  }
  for (const TableFacts* table : made_anew) {
    if (const auto other = take_namesake(now, table->name)) {
      out.tables.push_back({.name = table->name,
                            .rows_then = table->rows,
                            .rows_now = other->rows,
                            .written = other->inserted + other->updated + other->deleted});
    } else {
      out.tables.push_back({.name = table->name, .rows_then = table->rows, .rows_now = {}, .written = 0});
    }
  }
  for (const auto& [oid, table] : now) {
    out.tables.push_back({.name = table.name, .rows_then = {}, .rows_now = table.rows, .written = table.inserted});
  }
  return out;
}

WrittenSince written_since_swap(Connection& live, const std::string& kept) {
  WrittenSince out;
  if (live.execute(is_older_sql, {kept}).boolean(0, 0)) {
    out.unknown = "it was put back itself, and the server counted long before";
    return out;
  }
  const Result rows = live.execute(modified_sql);
  for (int row = 0; row < rows.rows(); ++row) {
    out.tables.push_back({.name = shown_name(rows.text(row, 0), rows.text(row, 1)),
                          .rows_then = {},
                          .rows_now = {},
                          .written = count_of(rows, row, 2)});
  }
  return out;
}

}  // namespace dbrollback::database::postgres
