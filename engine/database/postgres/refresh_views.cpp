#include "engine/database/postgres/refresh_views.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/database/postgres/errors.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// The materialised views among `wanted` and what they read from, directly or through views; what is read from first.
std::string order_sql(const std::string& wanted) {
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
)
SELECT s.nspname, c.relname
FROM needed n JOIN pg_class c ON c.oid = n.view JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind = 'm'
GROUP BY c.oid, s.nspname, c.relname ORDER BY max(n.depth) DESC, c.oid)");
}

void refresh(Connection& connection, const std::string& schema, const std::string& name, const char* how) {
  const std::string view = quote(schema, name);
  try {
    (void)connection.execute(cat("REFRESH MATERIALIZED VIEW ", view, how));
  } catch (const Error& error) {
    throw failure_of(cat("materialized view ", view), error);
  }
}

}  // namespace

void refresh_views(Connection& connection, const std::vector<MaterializedViewFacts>& views) {
  std::vector<std::string> wanted;
  for (const MaterializedViewFacts& view : views) {
    if (view.populated) {
      wanted.push_back(cat("(", literal(quote(view.schema, view.name)), ")"));
    }
  }
  if (wanted.empty()) {
    return;
  }
  const Result order = connection.execute(order_sql(base::join(wanted, ", ")));
  (void)connection.execute("SET row_security = on");
  for (int row = 0; row < order.rows(); ++row) {
    refresh(connection, order.text(row, 0), order.text(row, 1), "");
  }
  for (int row = 0; row < order.rows(); ++row) {
    const bool stays = std::ranges::any_of(views, [&](const MaterializedViewFacts& view) {
      return view.populated && view.schema == order.text(row, 0) && view.name == order.text(row, 1);
    });
    if (!stays) {
      refresh(connection, order.text(row, 0), order.text(row, 1), " WITH NO DATA");
    }
  }
  (void)connection.execute("SET row_security = off");
}

}  // namespace dbrollback::database::postgres
