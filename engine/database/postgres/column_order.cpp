#include "engine/database/postgres/column_order.hpp"

namespace dbrollback::database::postgres {

namespace {

// A restored table has its first parent's columns first, then those that only the second one has, and its own at last.
// Whatever inherits from a table with another order gets that, too.
constexpr const char* reordered_sql = R"(
WITH RECURSIVE places AS (
  SELECT a.attrelid, a.attnum,
         (SELECT min(ARRAY[i.inhseqno, p.attnum]) FROM pg_inherits i
          JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname AND p.attnum > 0 AND NOT p.attisdropped
          WHERE i.inhrelid = a.attrelid) AS inherited
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
    AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
), numbered AS (
  SELECT attrelid, row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS before,
         row_number() OVER (PARTITION BY attrelid ORDER BY inherited NULLS LAST, attnum) AS after
  FROM places
), reordered(oid) AS (
  SELECT attrelid FROM numbered WHERE before <> after
  UNION
  SELECT i.inhrelid FROM reordered r JOIN pg_inherits i ON i.inhparent = r.oid
  JOIN pg_class c ON c.oid = i.inhrelid AND NOT c.relispartition
)
SELECT n.nspname, c.relname
FROM reordered r JOIN pg_class c ON c.oid = r.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")";

}  // namespace

std::vector<TableName> reordered_tables(Connection& connection) {
  const Result rows = connection.execute(reordered_sql);
  std::vector<TableName> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back({.schema = rows.text(row, 0), .name = rows.text(row, 1)});
  }
  return out;
}

}  // namespace dbrollback::database::postgres
