// What PostgreSQL's error codes mean to a person
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
#pragma once

#include <string>

#include "dbrollback/error.hpp"

namespace dbrollback::database::postgres {

struct ServerMessage {
  std::string sqlstate;  // empty: libpq's own
  std::string primary;
  std::string detail;
  std::string hint;
};

// `where`: the database as shown to people. `doing`: "connect to", "read", "write".
[[nodiscard]] ErrorInfo describe_failure(const ServerMessage& message, const std::string& where,
                                         const std::string& doing);

// The same failure of something that its message does not name: "table public.orders".
[[nodiscard]] Error failure_of(const std::string& object, const Error& error);

}  // namespace dbrollback::database::postgres
