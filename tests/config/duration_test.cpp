#include "engine/config/duration.hpp"

#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

class Duration : public ConfigTest {};

TEST_F(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("36h"), 36h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("36500d"), 876'000h);
}

TEST_F(Duration, OfAnyOtherFormIsRefused) {
  for (const char* text : {"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "5S", "5sec", "1m30s", "0x5s"}) {
    const ErrorInfo info = error_of([&] { (void)parse_duration(text); });
    EXPECT_EQ(info.code, "bad_duration");
    EXPECT_EQ(info.exit, Exit::usage);
    EXPECT_EQ(info.message, std::string("\"") + text +
                                "\" is not a duration; write a whole number and a unit: 250ms, 5s, 2m, 36h or 7d");
  }
}

TEST_F(Duration, OfMoreThanAHundredYearsIsRefused) {
  for (const char* text : {"36501d", "9223372036854775807d", "99999999999999999999ms"}) {
    EXPECT_EQ(error_of([&] { (void)parse_duration(text); }).message,
              std::string("\"") + text + "\" is too long; write at most 36500d");
  }
}

TEST_F(Duration, IsWrittenInItsLargestUnit) {
  EXPECT_EQ(config::write_duration(0ms), "0s");
  EXPECT_EQ(config::write_duration(1500ms), "1500ms");
  EXPECT_EQ(config::write_duration(5s), "5s");
  EXPECT_EQ(config::write_duration(48h), "2d");
}

}  // namespace
}  // namespace dbrollback::config_test
