// What was written to a database since a snapshot of it, as far as the server's counters tell: nothing is read
// (https://www.postgresql.org/docs/current/monitoring-stats.html).
#pragma once

#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// `snapshot`: the manifest's facts and tables. An estimate: rows of transactions that were rolled back count too, and
// those of the last second may not.
[[nodiscard]] WrittenSince written_since(Connection& live, const PostgresFacts& snapshot,
                                         const std::vector<TableFacts>& tables);

}  // namespace dbrollback::database::postgres
