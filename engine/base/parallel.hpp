// Independent pieces of work on several threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>

namespace dbrollback::base {

// Calls work(i) for each i below `count`, in order of their beginning, on as many threads as there are cores (`most` at
// most, the calling one among them), and returns when all have ended. The first failure is thrown on; after it no
// further call begins.
void for_each_in_parallel(std::size_t count, unsigned most, const std::function<void(std::size_t i)>& work);

// What all threads have done, told by one: `tell` is called only by the thread that made this, with what was not told
// before, and may throw.
class SharedProgress {
 public:
  explicit SharedProgress(const std::function<void(std::uint64_t)>& tell) : tell_(&tell) {}
  void add(std::uint64_t amount);

 private:
  const std::function<void(std::uint64_t)>* tell_;
  std::thread::id teller_ = std::this_thread::get_id();
  std::atomic<std::uint64_t> untold_{0};
};

}  // namespace dbrollback::base
