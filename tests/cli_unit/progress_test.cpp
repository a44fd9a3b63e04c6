#include "tools/cli/progress.hpp"

#include <gtest/gtest.h>

#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

using namespace std::chrono_literals;

Moment reading() {
  return {.phase = "reading pages", .done = 128'000'000, .total = 207'000'000, .unit = "bytes", .elapsed = 2s};
}

TEST(ProgressBar, FillsEightyColumns) {
  const std::string line = progress_bar(reading(), 80);
  EXPECT_EQ(line, "reading pages  ██████████▌░░░░░░   61 %   128 MB of 207 MB  64.0 MB/s  2 s left ");
  EXPECT_EQ(display_width(line), 80U);
}

TEST(ProgressBar, LeavesOutTheLeastOnNarrowTerminals) {
  EXPECT_EQ(progress_bar(reading(), 50), "reading pages  ██████████▌░░░░░░   61 %  2 s left ");
  EXPECT_EQ(progress_bar(reading(), 22), "reading pages   61 %");
  EXPECT_EQ(progress_bar(reading(), 10), "reading p…");
}

TEST(ProgressBar, IsNeverWiderThanTheTerminal) {
  for (std::size_t width = 1; width <= 250; ++width) EXPECT_LE(display_width(progress_bar(reading(), width)), width);
}

TEST(ProgressBar, DoesWithoutATotal) {
  Moment moment = reading();
  moment.total = 0;
  EXPECT_EQ(progress_bar(moment, 80), "reading pages   128 MB  64.0 MB/s");
}

TEST(ProgressBar, ShowsThePhaseAloneWhereNothingIsCounted) {
  const Moment waiting{.phase = "waiting for web", .done = 0, .total = 0, .unit = "", .elapsed = 3s};
  EXPECT_EQ(progress_bar(waiting, 80), "waiting for web");
  EXPECT_EQ(progress_line(waiting), "waiting for web");
  const Moment steps{.phase = "stopping web", .done = 0, .total = 0, .unit = "commands", .elapsed = 3s};
  EXPECT_EQ(progress_bar(steps, 80), "stopping web");
  EXPECT_EQ(progress_line(steps), "stopping web");
  const Moment begun{.phase = "reading pages", .done = 0, .total = 1000, .unit = "bytes", .elapsed = 100ms};
  EXPECT_EQ(progress_line(begun), "reading pages: 0 %, 0 B of 1.00 kB");
}

TEST(ProgressBar, CountsThingsThatAreNotBytes) {
  const Moment moment{.phase = "counting rows", .done = 500, .total = 1000, .unit = "rows", .elapsed = 100ms};
  EXPECT_EQ(progress_line(moment), "counting rows: 50 %, 500 of 1,000 rows");
}

TEST(ProgressLine, SaysTheSameForALog) {
  EXPECT_EQ(progress_line(reading()), "reading pages: 61 %, 128 MB of 207 MB, 64.0 MB/s, 2 s left");
}

TEST(ProgressMeter, ShowsNothingBeforeTheDelayAndNotMoreOftenThanTheInterval) {
  ProgressMeter meter(100ms, 150ms);
  const ProgressMeter::Clock::time_point start{};
  const auto shown = [&](std::chrono::milliseconds after) {
    return meter.update({.phase = "reading", .done = 1, .total = 2, .unit = "bytes"}, start + after).has_value();
  };
  EXPECT_FALSE(shown(0ms));
  EXPECT_FALSE(shown(149ms));
  EXPECT_TRUE(shown(150ms));
  EXPECT_FALSE(shown(249ms));
  EXPECT_TRUE(shown(250ms));
}

TEST(ProgressMeter, TellsWhatEachPhaseReached) {
  ProgressMeter meter(1s, 1s);
  const ProgressMeter::Clock::time_point start{};
  (void)meter.update({.phase = "reading", .done = 5, .total = 5, .unit = "bytes"}, start);
  EXPECT_FALSE(meter.take_ended());
  (void)meter.update({.phase = "counting", .done = 0, .total = 2, .unit = "rows"}, start + 30ms);
  const auto ended = meter.take_ended();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->phase, "reading");
  EXPECT_EQ(ended->done, 5U);
  meter.finish(start + 50ms);
  EXPECT_EQ(meter.take_ended()->elapsed, 20ms);
  EXPECT_FALSE(meter.take_ended());
}

}  // namespace
}  // namespace dbrollback::cli
