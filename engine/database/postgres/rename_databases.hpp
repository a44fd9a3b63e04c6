// Puts a database into the place of another one, under everybody who uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

struct Renaming {
  std::string live;   // the name that everybody connects to; there need not be such a database
  std::string fresh;  // becomes `live`
  std::string aside;  // what `live` becomes, where there is one
};

struct Renamed {
  std::chrono::milliseconds downtime{};  // from when nobody could connect any more until the commit
  std::uint64_t ended = 0;               // sessions
  bool replaced = false;                 // there was a live one: it is `aside` now
};

// Gives both databases their new names in one transaction. It waits no longer than the options say for the lock on
// `live`; then newcomers queue behind that, the sessions in both databases are ended, and the newcomers come to the
// other database or have to connect once more. The way back is the same call with other names. `admin`: a superuser, or
// an owner of both who may create databases.
//
// Errors: "no_such_database", "name_taken", "not_allowed"; Exit::busy "prepared_transactions", "sessions_in_the_way"
// when this role may not end one, or one does not end within the server's 5 s, or holds the lock, each naming them.
// State after a failure, and when this process is killed: both have their names, no other one was changed; sessions may
// have been ended. Exit::partial "unknown_names" only when the answer to the commit was lost and the server cannot be
// reached for 30 s.
[[nodiscard]] Renamed rename_databases(const Parameters& admin, const Renaming& names,
                                       const ConnectionOptions& options);

}  // namespace dbrollback::database::postgres
