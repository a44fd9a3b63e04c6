#include "engine/config/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback {

namespace config {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// Far more than anybody waits or keeps, and far less than what overflows a clock of nanoseconds.
constexpr std::int64_t longest_days = 36'500;

struct Amount {
  std::int64_t count = 0;
  std::int64_t unit = 0;  // milliseconds
  bool too_long = false;
};

// Nothing when it is not a whole number and a unit.
std::optional<Amount> read_amount(std::string_view text) {
  if (text.starts_with('-')) {
    return std::nullopt;
  }
  Amount amount;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.count);
  if (error == std::errc::invalid_argument) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (text == unit.name) {
      amount.unit = unit.milliseconds;
      amount.too_long = error != std::errc() || amount.count > longest_days * units[0].milliseconds / unit.milliseconds;
      return amount;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
  const auto amount = read_amount(text);
  if (!amount || amount->too_long) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(amount->count * amount->unit);
}

std::string write_duration(std::chrono::milliseconds duration) {
  const std::int64_t count = duration.count();
  for (const Unit& unit : units) {
    if (count != 0 && count % unit.milliseconds == 0) {
      return base::cat(count / unit.milliseconds, unit.name);
    }
  }
  return "0s";
}

std::string not_a_duration(std::string_view text) {
  if (read_amount(text)) {
    return base::cat("\"", text, "\" is too long; write at most ", longest_days, "d");
  }
  return base::cat("\"", base::printable(text),
                   "\" is not a duration; write a whole number and a unit: 250ms, 5s, 2m, 36h or 7d");
}

}  // namespace config

std::chrono::milliseconds parse_duration(std::string_view text) {
  const auto duration = config::read_duration(text);
  if (!duration) {
    base::fail_usage("bad_duration", config::not_a_duration(text), base::printable(text));
  }
  return *duration;
}

}  // namespace dbrollback
