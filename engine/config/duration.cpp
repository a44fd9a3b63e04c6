#include "engine/config/duration.hpp"

#include <array>
#include <cstdint>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/config/amount.hpp"

namespace dbrollback {

namespace config {

namespace {

// Milliseconds.
constexpr std::array<Unit<std::int64_t>, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// Far more than anybody waits or keeps, and far less than what overflows a clock of nanoseconds.
constexpr std::int64_t longest_days = 36'500;

std::optional<Amount<std::int64_t>> amount_of(std::string_view text) {
  return read_amount(text, units, longest_days * units[0].size);
}

}  // namespace

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
  const auto amount = amount_of(text);
  if (!amount || amount->too_large) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(amount->count * amount->unit);
}

std::string write_duration(std::chrono::milliseconds duration) {
  const std::int64_t count = duration.count();
  for (const auto& unit : units) {
    if (count != 0 && count % unit.size == 0) {
      return base::cat(count / unit.size, unit.name);
    }
  }
  return "0s";
}

std::string not_a_duration(std::string_view text) {
  if (amount_of(text)) {
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
