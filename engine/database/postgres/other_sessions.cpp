#include "engine/database/postgres/other_sessions.hpp"

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::size_t most_named = 10;

// Only autovacuum has no user.
constexpr const char* sessions_sql = R"(
SELECT a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''),
       (SELECT m.rolsuper FROM pg_roles m WHERE m.rolname = current_user) OR NOT coalesce(r.rolsuper, false) AND
         (coalesce(pg_has_role(a.usesysid, 'USAGE'), false) OR pg_has_role('pg_signal_backend', 'USAGE'))
FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
WHERE (a.datid = ANY ($1::oid[]) OR a.pid = ANY (pg_blocking_pids(nullif($2, '')::int))) AND a.usesysid IS NOT NULL
  AND a.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'parallel worker'
ORDER BY a.pid)";

}  // namespace

std::string array_of(const std::vector<std::string>& numbers) { return cat("{", base::join(numbers, ","), "}"); }

std::vector<OtherSession> other_sessions(Connection& connection, const std::vector<std::string>& oids,
                                         const std::string& waiting) {
  const Result rows = connection.execute(sessions_sql, {array_of(oids), waiting});
  std::vector<OtherSession> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back({.pid = rows.text(row, 0),
                   .user = rows.text(row, 1),
                   .application = rows.text(row, 2),
                   .may_be_ended = rows.boolean(row, 3)});
  }
  return out;
}

std::string named(const std::vector<OtherSession>& sessions) {
  std::string out;
  for (std::size_t i = 0; i < sessions.size() && i < most_named; ++i) {
    const OtherSession& session = sessions[i];
    out += cat(out.empty() ? "" : ", ", "session ", session.pid, " (", base::printable(session.user),
               session.application.empty() ? "" : ", ", base::printable(session.application), ")");
  }
  return sessions.size() <= most_named ? out : cat(out, " and ", sessions.size() - most_named, " more");
}

}  // namespace dbrollback::database::postgres
