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

// What was written to the live database since a restore gave it the place of `kept`, another one on its server: every
// table that was written to. A restore ends by analyzing what it made, and the server counts from there on; where it
// has analyzed a table again, there may be more.
[[nodiscard]] WrittenSince written_since_swap(Connection& live, const std::string& kept);

}  // namespace dbrollback::database::postgres
