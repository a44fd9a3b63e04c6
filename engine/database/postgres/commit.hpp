// The end of a transaction that changes somebody's database.
#pragma once

#include <string>

#include "engine/base/text.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// `either`: what the database holds when the server's answer is lost, which is Exit::partial; `teller`: the command
// that says which.
inline void commit(Connection& connection, const std::string& either, const std::string& teller = "dbrollback diff") {
  try {
    (void)connection.execute("COMMIT");
  } catch (const Error& error) {
    if (error.code() != "connection_lost") {
      throw;
    }
    ErrorInfo info = error.info();
    info.exit = Exit::partial;
    info.state = base::cat("the server's answer to COMMIT was lost: ", either);
    info.next = base::cat("when the server is back, `", teller, "` says which");
    throw Error(std::move(info));
  }
}

}  // namespace dbrollback::database::postgres
