// Threads that work while the one that started them watches.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

namespace dbrollback::base {

class WatchedThreads {
 public:
  // Calls work(number) on `count` threads, and `watch` about five times a second on the calling one, until all have
  // ended. The first failure, of a thread or of `watch`, is thrown when they have; until then stop_if_failed tells the
  // others.
  void run(unsigned count, const std::function<void(unsigned number)>& work, const std::function<void()>& watch);

  // For work, often: ends the thread once another has failed. What it throws must not be caught but by run.
  void stop_if_failed() const;
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  void keep_failure();

  std::atomic<bool> failed_{false};
  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  unsigned working_ = 0;
  std::exception_ptr failure_;
};

}  // namespace dbrollback::base
