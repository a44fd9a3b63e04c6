#include "engine/database/postgres/foreign_keys.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// A partition's foreign key is a part of that of its whole table, which has one row more for each partition that it
// refers to: from any of these up to the one that somebody made. A key of several columns of which some are NULL refers
// to nothing, and need not unless it is MATCH FULL. Operators are the key's own: nothing is in search_path.
constexpr const char* keys_sql = R"(
WITH RECURSIVE up(oid, parent) AS (
  SELECT k.oid, k.conparentid FROM pg_constraint k
  WHERE k.contype = 'f' AND (k.conrelid = ANY ($1::oid[]) OR k.confrelid = ANY ($1::oid[]))
  UNION SELECT k.oid, k.conparentid FROM up JOIN pg_constraint k ON k.oid = up.parent)
SELECT k.conname, format('%I.%I', cn.nspname, c.relname), format('%I.%I', pn.nspname, p.relname),
       pg_get_constraintdef(k.oid), coalesce(obj_description(k.oid, 'pg_constraint'), ''), k.convalidated,
       format('SELECT count(*) FROM %s%I.%I AS c WHERE %s AND NOT EXISTS (SELECT FROM %s%I.%I AS p WHERE %s)',
              CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, cn.nspname, c.relname,
              CASE k.confmatchtype WHEN 'f' THEN format('NOT (%s)', columns.all_null) ELSE columns.none_null END,
              CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, pn.nspname, p.relname, columns.same)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
  SELECT string_agg(format('c.%I IS NULL', a.attname), ' AND ') AS all_null,
         string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') AS none_null,
         string_agg(format('p.%I OPERATOR(%I.%s) c.%I', b.attname, n.nspname, o.oprname, a.attname), ' AND ') AS same
  FROM unnest(k.conkey, k.confkey, k.conpfeqop) AS each(own, other, operator)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = each.own
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = each.other
  JOIN pg_operator o ON o.oid = each.operator JOIN pg_namespace n ON n.oid = o.oprnamespace) AS columns
WHERE k.oid IN (SELECT oid FROM up WHERE parent = 0)
ORDER BY cn.nspname COLLATE "C", c.relname COLLATE "C", k.conname COLLATE "C")";

}  // namespace

std::vector<ForeignKey> foreign_keys_of(Connection& connection, const std::vector<std::uint32_t>& tables) {
  std::string list;
  for (const std::uint32_t table : tables) {
    list += cat(list.empty() ? "{" : ",", table);
  }
  const Result rows = connection.execute(keys_sql, {list + "}"});
  std::vector<ForeignKey> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back({.name = rows.text(row, 0),
                   .table = rows.text(row, 1),
                   .referred = rows.text(row, 2),
                   .definition = rows.text(row, 3),
                   .comment = rows.text(row, 4),
                   .valid = rows.boolean(row, 5),
                   .orphans_sql = rows.text(row, 6)});
  }
  return out;
}

std::uint64_t count_orphans(Connection& connection, const ForeignKey& key) {
  return std::stoull(connection.value(key.orphans_sql).value_or("0"));
}

void drop_key(Connection& connection, const ForeignKey& key) {
  (void)connection.execute(cat("ALTER TABLE ", key.table, " DROP CONSTRAINT ", quote(key.name)));
}

void add_key(Connection& connection, const ForeignKey& key, bool unchecked) {
  const bool adds_words = unchecked && !key.definition.ends_with(" NOT VALID");
  (void)connection.execute(cat("ALTER TABLE ", key.table, " ADD CONSTRAINT ", quote(key.name), " ", key.definition,
                               adds_words ? " NOT VALID" : ""));
  if (!key.comment.empty()) {
    (void)connection.execute(
        cat("COMMENT ON CONSTRAINT ", quote(key.name), " ON ", key.table, " IS ", literal(key.comment)));
  }
}

}  // namespace dbrollback::database::postgres
