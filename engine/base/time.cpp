#include "engine/base/time.hpp"

#include <absl/time/civil_time.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

absl::TimeZone zone_of(const std::string& timezone) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(timezone, &zone)) {
    fail_usage("unknown_timezone", cat("there is no time zone ", printable(timezone)), timezone,
               "use a name such as Europe/Berlin or UTC, and install tzdata if it is missing");
  }
  return zone;
}

}  // namespace

Time now() { return std::chrono::time_point_cast<std::chrono::nanoseconds>(system().now()); }

std::string to_iso(Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

std::optional<Time> time_from_iso(std::string_view text) {
  absl::Time time;
  std::string error;
  // absl also takes white space around it, "infinite-future", and years that nanoseconds do not reach.
  if (text.size() < 20 || text.size() > 30 || text[4] != '-' || text.back() != 'Z' || text[0] < '0' || text[0] > '2') {
    return std::nullopt;
  }
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%E*SZ", std::string(text), &time, &error)) {
    return std::nullopt;
  }
  const Time parsed{std::chrono::nanoseconds(absl::ToUnixNanos(time))};
  return absl::FromChrono(parsed) == time ? std::optional(parsed) : std::nullopt;
}

std::string to_compact(Time time) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

std::string to_local(const std::string& timezone, Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S %z", absl::FromChrono(time), zone_of(timezone));
}

Day day_in(const std::string& timezone, Time time) {
  const absl::TimeZone zone = zone_of(timezone);
  const absl::CivilDay day = absl::ToCivilDay(absl::FromChrono(time), zone);
  const absl::CivilDay thursday =
      absl::NextWeekday(absl::PrevWeekday(day + 1, absl::Weekday::monday) - 1, absl::Weekday::thursday);
  return {.year = static_cast<int>(day.year()),
          .month = day.month(),
          .day = day.day(),
          .iso_year = static_cast<int>(thursday.year()),
          .iso_week = (absl::GetYearDay(thursday) - 1) / 7 + 1};
}

}  // namespace dbrollback::base
