#include "engine/base/watched_threads.hpp"

#include <chrono>
#include <thread>
#include <vector>

namespace dbrollback::base {

namespace {

constexpr std::chrono::milliseconds interval{200};

struct Stopped {};

}  // namespace

void WatchedThreads::stop_if_failed() const {
  if (failed_) {
    throw Stopped();
  }
}

void WatchedThreads::keep_failure() {
  const std::scoped_lock lock(mutex_);
  failure_ = failure_ ? failure_ : std::current_exception();
  failed_ = true;
  changed_.notify_all();
}

void WatchedThreads::run(unsigned count, const std::function<void(unsigned number)>& work,
                         const std::function<void()>& watch) {
  const auto guarded = [&](const auto& action) {
    try {
      action();
    } catch (const Stopped&) {
    } catch (...) {
      keep_failure();
    }
  };
  {
    std::vector<std::jthread> threads;
    working_ = count;
    for (unsigned number = 0; number < count; ++number) {
      threads.emplace_back([&, number] {
        guarded([&] { work(number); });
        const std::scoped_lock lock(mutex_);
        --working_;
        changed_.notify_all();
      });
    }
    std::unique_lock lock(mutex_);
    while (working_ > 0) {
      (void)changed_.wait_for(lock, interval, [this] { return working_ == 0; });
      if (working_ > 0 && !failed_) {
        lock.unlock();
        guarded(watch);
        lock.lock();
      }
    }
  }
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

}  // namespace dbrollback::base
