#include "engine/database/postgres/pooler.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace {

constexpr const char* pid_sql = "SELECT pg_backend_pid()";

// A pooler has process ids of its own.
bool has_proxy(Connection& connection) { return connection.value(pid_sql) != std::to_string(connection.backend_pid()); }

// In transaction mode the next client gets the server session that was used last, with what was set in it.
bool is_shared(Connection& connection, const ConnectionOptions& options) {
  const auto mark = connection.value("SELECT set_config('dbrollback.session', pg_backend_pid()::text, false)");
  Connection other(connection.parameters(), options);
  return other.value("SELECT current_setting('dbrollback.session', true)") == mark ||
         connection.value("SELECT current_setting('dbrollback.session', true)") != mark ||
         connection.value(pid_sql) != mark;
}

}  // namespace

void refuse_transaction_pooler(Connection& connection, const ConnectionOptions& options) {
  if (has_proxy(connection) && is_shared(connection, options)) {
    base::fail({.code = "pooled",
                .exit = Exit::failed,
                .message = base::cat(base::printable(connection.shown()),
                                     " is behind a pooler that shares sessions between transactions: a snapshot would "
                                     "not be of one moment"),
                .object = connection.shown(),
                .state = "nothing was changed",
                .next = "give the address of the server itself, or of a pool in session mode"});
  }
}

}  // namespace dbrollback::database::postgres
