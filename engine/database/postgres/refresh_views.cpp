#include "engine/database/postgres/refresh_views.hpp"

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// Statements that refresh the materialised views `wanted` and those that they read from, directly or through views,
// first; at last, one for each of the latter that is to have no rows.
std::string statements_sql(const std::string& wanted) {
  return cat(R"(
WITH RECURSIVE reads(view, source) AS (
  SELECT DISTINCT r.ev_class, d.refobjid
  FROM pg_rewrite r
  JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('m', 'v')
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  WHERE r.ev_type = '1' AND d.refobjid <> r.ev_class
), needed(view, depth) AS (
  SELECT w.name::regclass::oid, 0 FROM (VALUES )",
             wanted, R"() AS w(name)
  UNION SELECT r.source, n.depth + 1 FROM needed n JOIN reads r ON r.view = n.view
), views AS (
  SELECT c.oid, format('REFRESH MATERIALIZED VIEW %I.%I', s.nspname, c.relname) AS refresh, min(n.depth) > 0 AS goes,
         max(n.depth) AS depth
  FROM needed n JOIN pg_class c ON c.oid = n.view JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE c.relkind = 'm' GROUP BY c.oid, s.nspname, c.relname
)
SELECT statement
FROM (SELECT refresh AS statement, false AS last, depth, oid FROM views
      UNION ALL SELECT refresh || ' WITH NO DATA', true, depth, oid FROM views WHERE goes) AS each
ORDER BY last, depth DESC, oid)");
}

}  // namespace

void refresh_views(Statements& statements, const std::vector<MaterializedViewFacts>& views) {
  std::vector<std::string> wanted;
  for (const MaterializedViewFacts& view : views) {
    if (view.populated) {
      wanted.push_back(cat("(", literal(quote(view.schema, view.name)), ")"));
    }
  }
  if (!wanted.empty()) {
    statements.run("SET row_security = on");
    statements.run_each(statements_sql(base::join(wanted, ", ")), false);
    statements.run("SET row_security = off");
  }
}

}  // namespace dbrollback::database::postgres
