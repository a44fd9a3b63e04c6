#include "engine/database/postgres/analyze_tables.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/errors.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// The server analyzes partitions with the table that they belong to, and would ask other servers for foreign ones:
// where there are some, the others are analyzed one by one. The largest first.
constexpr const char* tables_sql = R"(
WITH RECURSIVE partly_foreign(oid) AS (
  SELECT i.inhparent FROM pg_inherits i JOIN pg_class f ON f.oid = i.inhrelid AND f.relkind = 'f'
  UNION SELECT i.inhparent FROM partly_foreign p JOIN pg_inherits i ON i.inhrelid = p.oid)
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND c.relispopulated AND c.relpersistence <> 't'
  AND c.oid NOT IN (SELECT oid FROM partly_foreign)
  AND (NOT c.relispartition OR EXISTS (
    SELECT FROM pg_inherits i JOIN partly_foreign p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid))
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY c.relkind <> 'p', pg_relation_size(c.oid) DESC)";

std::vector<std::string> list_tables(const Parameters& target, const ConnectionOptions& options) {
  const Result rows = Connection(target, options).execute(tables_sql);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back(quote(rows.text(row, 0), rows.text(row, 1)));
  }
  return out;
}

}  // namespace

void analyze_tables(const Parameters& target, const ConnectionOptions& options, unsigned jobs) {
  const std::vector<std::string> tables = list_tables(target, options);
  std::atomic<std::size_t> next{0};
  base::WatchedThreads threads;
  threads.run(
      static_cast<unsigned>(std::min<std::size_t>(jobs, tables.size())),
      [&](unsigned /*number*/) {
        ConnectionOptions own = options;
        own.tick = [&] { threads.stop_if_failed(); };
        Connection connection(target, own);
        for (std::size_t i = next++; i < tables.size(); i = next++) {
          threads.stop_if_failed();
          try {
            (void)connection.execute(cat("ANALYZE ", tables[i]));
          } catch (const Error& error) {
            throw failure_of(cat("table ", tables[i]), error);
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
