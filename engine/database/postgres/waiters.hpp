// Who waits for a lock of ours: an ALTER that does makes everybody after it wait too.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

class Waiters {
 public:
  // `connection` is one of ours; nobody else uses it while this looks.
  Waiters(Connection& connection, std::chrono::milliseconds patience) : connection_(&connection), patience_(patience) {}

  // Throws Error "somebody_waits" (Exit::busy), naming them, when a session has been seen waiting for one of `pids` or
  // for the connection's own for longer than it may. Looks at most five times a second.
  void require_patient(const std::vector<int>& pids);
  // Whether anybody waits for a lock of the connection's own now.
  [[nodiscard]] bool anybody();

 private:
  using Clock = std::chrono::steady_clock;

  Connection* connection_;
  std::chrono::milliseconds patience_;
  std::map<int, Clock::time_point> seen_;
};

}  // namespace dbrollback::database::postgres
