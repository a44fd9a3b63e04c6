// Reads the rows of tables on several sessions at the same time, and gives up rather than stand in somebody's way.
#pragma once

#include <functional>

#include "engine/database/database.hpp"
#include "engine/database/postgres/sessions.hpp"

namespace dbrollback::database::postgres {

struct CopyOptions {
  unsigned jobs = 2;
  std::chrono::milliseconds yield_after{5000};  // how long somebody may wait for a lock of ours
  std::uint64_t max_rate = 0;                   // bytes a second, as COPY gives them; 0: no limit
  Tick tick = {};
};

// Every row of `tables` to as many of `sinks` as there are sessions that copy. Returns the tables' contents, in their
// order. Errors: Exit::busy "somebody_waits" when a session has waited for a lock of ours longer than it may; whatever
// a session, a sink or `tick` throws. After a failure the sessions are of no use any more.
[[nodiscard]] std::vector<Content> copy_tables(Sessions& sessions, const std::vector<Relation>& tables,
                                               BatchSinks& sinks, const CopyOptions& options,
                                               const std::function<void(std::uint64_t bytes)>& progress);

}  // namespace dbrollback::database::postgres
