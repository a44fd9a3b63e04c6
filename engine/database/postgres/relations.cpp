#include "engine/database/postgres/relations.hpp"

#include <unordered_map>

#include "engine/base/text.hpp"
#include "engine/database/postgres/column_order.hpp"

namespace dbrollback::database::postgres {

namespace {

// Nobody's functions and operators but pg_catalog's: search_path is empty. They look at now, not at the snapshot of
// this query: of a table that has just been dropped they say NULL, which is not a privilege that is missing.
constexpr const char* relations_sql = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, coalesce(pg_relation_filenode(c.oid), 0),
       coalesce(t.spcname, ''), coalesce(m.amname, ''), c.relispopulated, coalesce(e.extname, ''),
       c.oid = ANY (e.extconfig), coalesce(e.extcondition[array_position(e.extconfig, c.oid)], ''),
       coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), true),
       c.relkind = 'r' AND row_security_active(c.oid),
       CASE WHEN c.relkind IN ('r', 'm') THEN coalesce(pg_relation_size(c.oid), 0) / current_setting('block_size')::bigint
            ELSE 0 END,
       coalesce(pg_stat_get_tuples_inserted(c.oid), 0), coalesce(pg_stat_get_tuples_updated(c.oid), 0),
       coalesce(pg_stat_get_tuples_deleted(c.oid), 0)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
WHERE c.relkind IN ('r', 'p', 'm', 'S', 'f') AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")";

std::string columns_sql() {
  return base::cat(R"(
SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> ''
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY a.attrelid, )",
                   lasting_column_order);
}

constexpr const char* keys_sql = R"(
SELECT i.indrelid, a.attname
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indisprimary AND i.indisvalid
ORDER BY i.indrelid, k.place)";

Relation relation_of(const Result& rows, int row) {
  Relation out;
  out.oid = static_cast<std::uint32_t>(rows.integer(row, 0));
  out.schema = rows.text(row, 1);
  out.name = rows.text(row, 2);
  out.kind = rows.text(row, 3).front();
  out.persistence = rows.text(row, 4).front();
  out.file_node = static_cast<std::uint32_t>(rows.integer(row, 5));
  out.tablespace = rows.text(row, 6);
  out.access_method = rows.text(row, 7);
  out.populated = rows.boolean(row, 8);
  out.extension = rows.text(row, 9);
  out.configuration = rows.boolean(row, 10);
  out.filter = rows.text(row, 11);
  out.readable = rows.boolean(row, 12);
  out.hidden_rows = rows.boolean(row, 13);
  out.blocks = static_cast<std::uint64_t>(rows.integer(row, 14));
  out.counters = {.inserted = static_cast<std::uint64_t>(rows.integer(row, 15)),
                  .updated = static_cast<std::uint64_t>(rows.integer(row, 16)),
                  .deleted = static_cast<std::uint64_t>(rows.integer(row, 17))};
  return out;
}

}  // namespace

std::vector<Relation> list_relations(Connection& connection) {
  const Result rows = connection.execute(relations_sql);
  std::vector<Relation> relations;
  relations.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    relations.push_back(relation_of(rows, row));
  }
  return relations;
}

void read_columns(Connection& connection, std::vector<Relation>& relations) {
  std::unordered_map<std::int64_t, std::size_t> places;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    places[relations[i].oid] = i;
  }
  const Result columns = connection.execute(columns_sql());
  for (int row = 0; row < columns.rows(); ++row) {
    if (const auto at = places.find(columns.integer(row, 0)); at != places.end()) {
      relations[at->second].columns.push_back({.number = static_cast<int>(columns.integer(row, 1)),
                                               .name = columns.text(row, 2),
                                               .type = columns.text(row, 3),
                                               .generated = columns.boolean(row, 4)});
    }
  }
  const Result keys = connection.execute(keys_sql);
  for (int row = 0; row < keys.rows(); ++row) {
    if (const auto at = places.find(keys.integer(row, 0)); at != places.end()) {
      relations[at->second].key.push_back(keys.text(row, 1));
    }
  }
}

}  // namespace dbrollback::database::postgres
