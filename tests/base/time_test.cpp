#include "engine/base/time.hpp"

#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

Time at(const std::string& text) {
  const auto time = time_from_iso(text);
  EXPECT_TRUE(time) << text;
  return time.value_or(Time{});
}

std::string civil(const std::string& timezone, const std::string& text) {
  const Day day = day_in(timezone, at(text));
  return std::to_string(day.year) + "-" + std::to_string(day.month) + "-" + std::to_string(day.day);
}

std::string week(const std::string& text) {
  const Day day = day_in("UTC", at(text));
  return std::to_string(day.iso_year) + "-W" + std::to_string(day.iso_week);
}

TEST(Time, IsWrittenInUtcToTheNanosecond) {
  const Time time(std::chrono::nanoseconds(1'795'217'415'123'456'789));
  EXPECT_EQ(to_iso(time), "2026-11-20T23:30:15.123456789Z");
  EXPECT_EQ(to_compact(time), "20261120T233015Z");
}

TEST(Time, GoesThereAndBack) {
  for (const char* text :
       {"1970-01-01T00:00:00.000000000Z", "2026-11-20T23:30:15.000000001Z", "2262-04-11T23:47:16.000000000Z"}) {
    EXPECT_EQ(to_iso(at(text)), text);
  }
  EXPECT_EQ(to_iso(at("2026-11-20T23:30:15Z")), "2026-11-20T23:30:15.000000000Z") << "without a fraction too";
}

TEST(Time, IsRefusedWhenItIsWrittenInAnotherWay) {
  for (const char* text :
       {"", "now", "infinite-future", "infinite-past", "2026-11-20", "2026-11-20T23:30:15", " 2026-11-20T23:30:15Z",
        "2026-11-20T23:30:15Z ", "2026-11-20 23:30:15Z", "2026-13-20T23:30:15Z", "2026-02-30T23:30:15Z",
        "2026-11-20T24:30:15Z", "2026-11-20T23:30:15.1234567891Z", "2026-11-20T23:30:15+01:00"}) {
    EXPECT_FALSE(time_from_iso(text)) << text;
  }
}

TEST(Time, IsRefusedWhenNanosecondsDoNotReachIt) {
  EXPECT_FALSE(time_from_iso("2999-01-01T00:00:00Z"));
  EXPECT_FALSE(time_from_iso("0001-01-01T00:00:00Z"));
}

TEST(Day, IsThatOfTheTimeZone) {
  EXPECT_EQ(civil("UTC", "2026-11-20T23:30:00Z"), "2026-11-20");
  EXPECT_EQ(civil("Europe/Berlin", "2026-11-20T23:30:00Z"), "2026-11-21");
  EXPECT_EQ(civil("America/New_York", "2026-11-20T04:59:59Z"), "2026-11-19");
  EXPECT_EQ(civil("America/New_York", "2026-11-20T05:00:00Z"), "2026-11-20");
}

TEST(Day, FollowsSummerTime) {
  EXPECT_EQ(civil("Europe/Berlin", "2026-07-01T21:59:59Z"), "2026-7-1");
  EXPECT_EQ(civil("Europe/Berlin", "2026-07-01T22:00:00Z"), "2026-7-2");
}

TEST(Day, NeedsATimeZoneThatThereIs) {
  const ErrorInfo info = test::error_of([] { (void)day_in("Europe/Atlantis", Time{}); });
  EXPECT_EQ(info.exit, Exit::usage);
  EXPECT_EQ(info.code, "unknown_timezone");
}

// The weeks of ISO 8601: they begin on Monday, and belong to the year of their Thursday.
TEST(Week, BelongsToTheYearOfItsThursday) {
  EXPECT_EQ(week("2026-12-31T12:00:00Z"), "2026-W53");
  EXPECT_EQ(week("2027-01-03T12:00:00Z"), "2026-W53") << "a Sunday";
  EXPECT_EQ(week("2027-01-04T12:00:00Z"), "2027-W1") << "a Monday";
  EXPECT_EQ(week("2024-12-30T12:00:00Z"), "2025-W1");
  EXPECT_EQ(week("2021-01-01T12:00:00Z"), "2020-W53");
}

TEST(Week, IsTheSameFromMondayToSunday) {
  for (int day = 16; day <= 22; ++day) {
    EXPECT_EQ(week("2026-11-" + std::to_string(day) + "T00:00:00Z"), "2026-W47");
  }
  EXPECT_EQ(week("2026-11-15T23:59:59Z"), "2026-W46");
  EXPECT_EQ(week("2026-11-23T00:00:00Z"), "2026-W48");
}

TEST(Time, IsShownInATimeZoneWithItsOffset) {
  const Time time = *time_from_iso("2026-11-20T23:30:15.9Z");
  EXPECT_EQ(to_local("UTC", time), "2026-11-20 23:30:15 +0000");
  EXPECT_EQ(to_local("Europe/Berlin", time), "2026-11-21 00:30:15 +0100");
  EXPECT_THROW((void)to_local("Mars/Olympus", time), Error);
}

}  // namespace
}  // namespace dbrollback::base
