// No more than so many bytes a second, over several threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace dbrollback::database::postgres {

class Throttle {
 public:
  // 0: no limit.
  explicit Throttle(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  // Waits until these bytes are within the rate, or `stopped` says so.
  void spend(std::uint64_t bytes, const std::function<bool()>& stopped);

 private:
  std::uint64_t rate_;
  std::atomic<std::uint64_t> spent_{0};
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace dbrollback::database::postgres
