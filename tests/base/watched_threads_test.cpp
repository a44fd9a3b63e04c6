#include "engine/base/watched_threads.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace dbrollback::base {
namespace {

void until(const std::atomic<bool>& flag) {
  while (!flag) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(WatchedThreads, WorkWhileTheCallerWatches) {
  WatchedThreads threads;
  std::atomic<bool> watched{false};
  std::atomic<int> worked{0};
  const auto caller = std::this_thread::get_id();
  threads.run(
      3,
      [&](unsigned /*number*/) {
        until(watched);
        ++worked;
      },
      [&] {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        watched = true;
      });
  EXPECT_EQ(worked, 3);
  EXPECT_FALSE(threads.failed());
}

TEST(WatchedThreads, AreNone) {
  WatchedThreads threads;
  threads.run(
      0, [](unsigned /*number*/) { FAIL(); }, [] { FAIL(); });
}

TEST(WatchedThreads, StopWhenOneFails) {
  WatchedThreads threads;
  const auto work = [&](unsigned number) {
    if (number == 1) {
      throw std::runtime_error("the second");
    }
    while (true) {
      threads.stop_if_failed();
    }
  };
  EXPECT_THROW(threads.run(3, work, [] {}), std::runtime_error);
}

TEST(WatchedThreads, StopWhenTheWatcherFails) {
  WatchedThreads threads;
  const auto work = [&](unsigned /*number*/) {
    while (true) {
      threads.stop_if_failed();
    }
  };
  EXPECT_THROW(threads.run(2, work, [] { throw std::runtime_error("enough"); }), std::runtime_error);
}

}  // namespace
}  // namespace dbrollback::base
