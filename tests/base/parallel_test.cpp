#include "engine/base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace dbrollback::base {
namespace {

TEST(InParallel, DoesEachPieceOnce) {
  std::vector<std::atomic<int>> done(1000);
  for_each_in_parallel(done.size(), 4, [&](std::size_t i) { ++done[i]; });
  for (const auto& times : done) {
    EXPECT_EQ(times, 1);
  }
  for_each_in_parallel(0, 4, [](std::size_t /*i*/) { FAIL(); });
}

TEST(InParallel, ThrowsTheFirstFailureOnAndBeginsNothingMore) {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) {
      throw std::runtime_error("the fourth");
    }
  };
  EXPECT_THROW(for_each_in_parallel(100'000, 1, work), std::runtime_error);
  EXPECT_EQ(begun, 4);
  EXPECT_THROW(for_each_in_parallel(1'000'000, 4, work), std::runtime_error);
  EXPECT_LT(begun, 1'000'000);
}

}  // namespace
}  // namespace dbrollback::base
