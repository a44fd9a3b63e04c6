#include "engine/database/postgres/schema_marks.hpp"

#include <algorithm>

namespace dbrollback::database::postgres {

namespace {

constexpr const char* marks_sql = R"(
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_')
SELECT concat_ws(' ', catalog, oid, xmin) FROM (
  SELECT 'namespace' AS catalog, oid, xmin FROM pg_namespace WHERE oid IN (TABLE ours)
  UNION ALL
  SELECT 'class', oid, xmin FROM pg_class WHERE relkind NOT IN ('r', 'p') AND relnamespace IN (TABLE ours)
  UNION ALL
  SELECT 'rewrite', r.oid, r.xmin FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE relnamespace IN (TABLE ours)
  UNION ALL
  SELECT 'type', oid, xmin FROM pg_type WHERE typrelid = 0 AND typnamespace IN (TABLE ours)
  UNION ALL
  SELECT 'constraint', oid, xmin FROM pg_constraint WHERE contypid <> 0 AND connamespace IN (TABLE ours)
  UNION ALL
  SELECT 'procedure', oid, xmin FROM pg_proc WHERE pronamespace IN (TABLE ours)
  UNION ALL
  SELECT 'operator', oid, xmin FROM pg_operator WHERE oprnamespace IN (TABLE ours)
  UNION ALL
  SELECT 'collation', oid, xmin FROM pg_collation WHERE collnamespace IN (TABLE ours)
  UNION ALL
  SELECT 'statistics', oid, xmin FROM pg_statistic_ext WHERE stxnamespace IN (TABLE ours)
) AS marks)";

}  // namespace

std::vector<std::string> schema_marks(Connection& connection) {
  const Result rows = connection.execute(marks_sql);
  std::vector<std::string> marks;
  marks.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    marks.push_back(rows.text(row, 0));
  }
  std::ranges::sort(marks);
  return marks;
}

}  // namespace dbrollback::database::postgres
