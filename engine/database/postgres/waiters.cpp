#include "engine/database/postgres/waiters.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// What a session runs is not shown: it may hold a secret.
constexpr const char* waiters_sql = R"(
SELECT l.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(l.relation::regclass::text, '')
FROM pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE NOT l.granted AND pg_blocking_pids(l.pid) && (string_to_array($1, ',')::int[] || pg_backend_pid()))";

}  // namespace

bool Waiters::anybody() { return connection_->execute(waiters_sql, {""}).rows() > 0; }

void Waiters::require_patient(const std::vector<int>& pids) {
  std::string list;
  for (const int pid : pids) {
    list += cat(list.empty() ? "" : ",", pid);
  }
  (void)connection_->execute("SELECT pg_stat_clear_snapshot()");
  const Result waiting = connection_->execute(waiters_sql, {list});
  std::map<int, Clock::time_point> seen;
  for (int row = 0; row < waiting.rows(); ++row) {
    const int pid = static_cast<int>(waiting.integer(row, 0));
    const auto before = seen_.find(pid);
    const auto since = before == seen_.end() ? Clock::now() : before->second;
    seen[pid] = since;
    if (Clock::now() - since >= patience_) {
      const std::string application = waiting.text(row, 2).empty() ? "" : cat(", ", waiting.text(row, 2));
      base::fail({.code = "somebody_waits",
                  .exit = Exit::busy,
                  .message = cat("gave up reading ", base::printable(connection_->shown()), ": session ", pid, " (",
                                 base::printable(waiting.text(row, 1)), base::printable(application), ") has waited ",
                                 base::human_duration(patience_), " for a lock on ",
                                 base::printable(waiting.text(row, 3)), " that this snapshot holds (--yield-after)"),
                  .object = connection_->shown(),
                  .state = "that session goes on; nothing was published or changed",
                  .next = "run it in a quieter moment, or allow a longer --yield-after"});
    }
  }
  seen_ = std::move(seen);
}

}  // namespace dbrollback::database::postgres
