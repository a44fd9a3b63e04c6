// A pooler that gives a session to somebody else after each transaction breaks what a snapshot needs: settings and
// locks that stay.
#pragma once

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// Throws Error "pooled" (Exit::failed) when `connection` goes through such a pooler. One in session mode is fine.
void refuse_transaction_pooler(Connection& connection, const ConnectionOptions& options);

}  // namespace dbrollback::database::postgres
