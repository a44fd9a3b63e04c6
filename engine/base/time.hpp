// Moments as the repository stores them: UTC, nanoseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dbrollback::base {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

[[nodiscard]] Time now();

// "2026-11-20T23:30:15.123456789Z", the form in every file.
[[nodiscard]] std::string to_iso(Time time);
[[nodiscard]] std::optional<Time> time_from_iso(std::string_view text);

// "20261120T233015Z", the beginning of an id.
[[nodiscard]] std::string to_compact(Time time);

// "2026-11-21 00:30:15 +0100", in an IANA time zone: for people. Throws Error (Exit::usage) for an unknown zone.
[[nodiscard]] std::string to_local(const std::string& timezone, Time time);

// The civil day in an IANA time zone, for retention. Throws Error (Exit::usage) for an unknown zone.
struct Day {
  int year = 0;
  int month = 0;
  int day = 0;
  int iso_year = 0;  // ISO 8601 week date: a week belongs to the year of its Thursday
  int iso_week = 0;
};
[[nodiscard]] Day day_in(const std::string& timezone, Time time);

}  // namespace dbrollback::base
