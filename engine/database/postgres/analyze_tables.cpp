#include "engine/database/postgres/analyze_tables.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/errors.hpp"

namespace dbrollback::database::postgres {

namespace {

// The server analyzes partitions with the table that they belong to, and would ask other servers for foreign ones:
// where there are some, the others are analyzed one by one. The largest first.
constexpr const char* analyze_sql = R"(
WITH RECURSIVE partly_foreign(oid) AS (
  SELECT i.inhparent FROM pg_inherits i JOIN pg_class f ON f.oid = i.inhrelid AND f.relkind = 'f'
  UNION SELECT i.inhparent FROM partly_foreign p JOIN pg_inherits i ON i.inhrelid = p.oid)
SELECT format('ANALYZE %I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND c.relispopulated AND c.relpersistence <> 't'
  AND c.oid NOT IN (SELECT oid FROM partly_foreign)
  AND (NOT c.relispartition OR EXISTS (
    SELECT FROM pg_inherits i JOIN partly_foreign p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid))
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY c.relkind <> 'p', pg_relation_size(c.oid) DESC)";

std::vector<std::string> list_statements(const Parameters& target, const ConnectionOptions& options) {
  const Result rows = Connection(target, options).execute(analyze_sql);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back(rows.text(row, 0));
  }
  return out;
}

}  // namespace

void analyze_tables(Statements& statements) { statements.run_each(analyze_sql, false); }

void analyze_tables(const Parameters& target, const ConnectionOptions& options, unsigned jobs) {
  const std::vector<std::string> statements = list_statements(target, options);
  std::atomic<std::size_t> next{0};
  base::WatchedThreads threads;
  threads.run(
      static_cast<unsigned>(std::min<std::size_t>(jobs, statements.size())),
      [&](unsigned /*number*/) {
        ConnectionOptions own = options;
        own.tick = [&] { threads.stop_if_failed(); };
        Connection connection(target, own);
        for (std::size_t i = next++; i < statements.size(); i = next++) {
          threads.stop_if_failed();
          try {
            (void)connection.execute(statements[i]);
          } catch (const Error& error) {
            throw failure_of(statements[i], error);
          }
        }
      },
      [&] {
        if (options.tick) {
          options.tick();
        }
      });
}

}  // namespace dbrollback::database::postgres
