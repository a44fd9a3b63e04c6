#include "engine/database/postgres/throttle.hpp"

#include <algorithm>
#include <thread>

namespace dbrollback::database::postgres {

void Throttle::spend(std::uint64_t bytes, const std::function<bool()>& stopped) {
  if (rate_ == 0) {
    return;
  }
  constexpr std::chrono::milliseconds longest_sleep{100};
  spent_ += bytes;
  const std::chrono::duration<double> due(static_cast<double>(spent_) / static_cast<double>(rate_));
  const auto until = start_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(due);
  for (auto now = std::chrono::steady_clock::now(); now < until && !stopped(); now = std::chrono::steady_clock::now()) {
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(longest_sleep, until - now));
  }
}

}  // namespace dbrollback::database::postgres
