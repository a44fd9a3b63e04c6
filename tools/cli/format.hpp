// Numbers, sizes, durations and times for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "dbrollback/snapshot.hpp"

namespace dbrollback::cli {

// "1,234,567".
[[nodiscard]] std::string count(std::uint64_t number);

// "1 table", "1,234 tables".
[[nodiscard]] std::string plural(std::uint64_t number, std::string_view one, std::string_view many);

// Three digits and a decimal unit, as disks are sold: "512 B", "61.2 MB", "1.24 GB".
[[nodiscard]] std::string bytes(std::uint64_t number);

// "340 ms", "1.5 s", "2 min 5 s", "3 h 12 min", "2 d 4 h".
[[nodiscard]] std::string duration(std::chrono::milliseconds time);

// How old something is, in one unit: "12 s", "5 min", "2 h", "143 d"; "-5 min" for a time to come.
[[nodiscard]] std::string age(std::chrono::nanoseconds old);

// "2 h ago", or "in 5 min" where a clock was set back.
[[nodiscard]] std::string ago(Time then, Time now);

// "2026-11-21 02:15 +0100", in the machine's time zone.
[[nodiscard]] std::string local_time(Time time);

[[nodiscard]] Time now();

}  // namespace dbrollback::cli
