#include "tools/cli/format.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace dbrollback::cli {
namespace {

constexpr std::int64_t minute = 60;  // seconds
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

// "%.*f" of a fixed buffer: std::to_string knows no precision and a stream would bring a locale.
std::string decimal(double value, int digits) {
  std::array<char, 64> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string two_units(std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
  std::string text = std::to_string(big) + big_unit;
  if (small != 0) text += " " + std::to_string(small) + small_unit;
  return text;
}

}  // namespace

std::string count(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string plural(std::uint64_t number, std::string_view one, std::string_view many) {
  return count(number) + " " + std::string(number == 1 ? one : many);
}

std::string bytes(std::uint64_t number) {
  if (number < 1000) return std::to_string(number) + " B";
  constexpr std::array units{"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(number) / 1000;
  std::size_t unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return decimal(value, digits) + " " + units.at(unit);
}

std::string duration(std::chrono::milliseconds time) {
  const std::int64_t ms = time.count();
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 9950) return decimal(static_cast<double>(ms) / 1000, 1) + " s";
  const std::int64_t seconds = (ms + 500) / 1000;
  if (seconds < minute) return std::to_string(seconds) + " s";
  if (seconds < hour) return two_units(seconds / minute, " min", seconds % minute, " s");
  if (seconds < day) return two_units(seconds / hour, " h", seconds % hour / minute, " min");
  return two_units(seconds / day, " d", seconds % day / hour, " h");
}

std::string age(std::chrono::nanoseconds old) {
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(old).count();
  if (seconds < 0) return "-" + age(-old);
  if (seconds < minute) return std::to_string(seconds) + " s";
  if (seconds < hour) return std::to_string(seconds / minute) + " min";
  if (seconds < 2 * day) return std::to_string(seconds / hour) + " h";
  return std::to_string(seconds / day) + " d";
}

std::string ago(Time then, Time now) { return then <= now ? age(now - then) + " ago" : "in " + age(then - now); }

std::string local_time(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  if (localtime_r(&seconds, &parts) == nullptr) return "?";
  std::array<char, 64> buffer{};
  const std::size_t length = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M %z", &parts);
  return {buffer.data(), length};
}

Time now() { return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()); }

}  // namespace dbrollback::cli
