#include "tools/cli/format.hpp"

#include <gtest/gtest.h>

#include "tests/support/unit.hpp"

namespace dbrollback::cli {
namespace {

using namespace std::chrono_literals;

TEST(Count, SeparatesThousands) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(1000), "1,000");
  EXPECT_EQ(count(1234567), "1,234,567");
}

TEST(Bytes, HaveThreeDigitsAndADecimalUnit) {
  EXPECT_EQ(bytes(0), "0 B");
  EXPECT_EQ(bytes(999), "999 B");
  EXPECT_EQ(bytes(1000), "1.00 kB");
  EXPECT_EQ(bytes(61'234'567), "61.2 MB");
  EXPECT_EQ(bytes(207'113'216), "207 MB");
  EXPECT_EQ(bytes(999'600'000), "1.00 GB") << "never 1000 MB";
  EXPECT_EQ(bytes(18'446'744'073'709'551'615U), "18.4 EB");
}

TEST(ShownDuration, HasAtMostTwoUnits) {
  EXPECT_EQ(duration(0ms), "0 ms");
  EXPECT_EQ(duration(999ms), "999 ms");
  EXPECT_EQ(duration(1540ms), "1.5 s");
  EXPECT_EQ(duration(9999ms), "10 s");
  EXPECT_EQ(duration(2min + 5s), "2 min 5 s");
  EXPECT_EQ(duration(3h + 12min), "3 h 12 min");
  EXPECT_EQ(duration(36h), "1 d 12 h");
  EXPECT_EQ(duration(48h), "2 d");
}

TEST(Age, HasOneUnit) {
  EXPECT_EQ(age(59s), "59 s");
  EXPECT_EQ(age(59min + 59s), "59 min");
  EXPECT_EQ(age(47h), "47 h");
  EXPECT_EQ(age(48h), "2 d");
  EXPECT_EQ(age(-5min), "-5 min");
}

TEST(Ago, SpeaksOfTheFutureWhereAClockWasSetBack) {
  const Time then{100h};
  EXPECT_EQ(ago(then, then + 2h), "2 h ago");
  EXPECT_EQ(ago(then, then - 5min), "in 5 min");
}

TEST(LocalTime, SaysItsOffset) {
  {
    test::Environment environment;
    environment.set("TZ", "UTC-1");
    tzset();
    EXPECT_EQ(local_time(Time{1'795'223'700s}), "2026-11-21 02:15 +0100");
  }
  tzset();
}

}  // namespace
}  // namespace dbrollback::cli
