// Who is connected to a database, and whether a role may end that
// (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL).
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

struct OtherSession {
  std::string pid;
  std::string user;
  std::string application;
  bool may_be_ended = false;  // by the role that asks
};

// The sessions in databases with these oids, and those that the process `waiting` waits for: applications',
// replication's and background workers'. Left out are the connection's own, those of autovacuum, which yields by
// itself, and parallel workers, which end with their leader. An empty `waiting`: nobody's. Works for any role.
[[nodiscard]] std::vector<OtherSession> other_sessions(Connection& connection, const std::vector<std::string>& oids,
                                                       const std::string& waiting = {});

// "session 4711 (app, gunicorn), session 4712 (root)", the first ten of them, without what they run.
[[nodiscard]] std::string named(const std::vector<OtherSession>& sessions);

// As PostgreSQL writes an array of them: "{16384,16385}".
[[nodiscard]] std::string array_of(const std::vector<std::string>& numbers);

}  // namespace dbrollback::database::postgres
