#include "engine/config/size.hpp"

#include <array>
#include <charconv>
#include <system_error>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback {

namespace config {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::array<Unit, 10> units{{{"B", 1},
                                      {"kB", 1'000},
                                      {"KB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000},
                                      {"KiB", 1ULL << 10U},
                                      {"MiB", 1ULL << 20U},
                                      {"GiB", 1ULL << 30U},
                                      {"TiB", 1ULL << 40U}}};

constexpr std::uint64_t largest = 1'000'000'000'000'000;

struct Amount {
  std::uint64_t count = 0;
  std::uint64_t unit = 0;
  bool too_large = false;
};

// Nothing when it is not a whole number and a unit.
std::optional<Amount> read_amount(std::string_view text) {
  Amount amount;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.count);
  if (error == std::errc::invalid_argument) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (text == unit.name) {
      amount.unit = unit.bytes;
      amount.too_large = error != std::errc() || amount.count > largest / unit.bytes;
      return amount;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_size(std::string_view text) {
  const auto amount = read_amount(text);
  if (!amount || amount->too_large) {
    return std::nullopt;
  }
  return amount->count * amount->unit;
}

std::string not_a_size(std::string_view text) {
  if (read_amount(text)) {
    return base::cat("\"", text, "\" is too large; write at most 1000TB");
  }
  return base::cat("\"", base::printable(text),
                   "\" is not a size; write a whole number and a unit: 512kB, 50MB, 2GB, 64MiB or 1GiB");
}

}  // namespace config

std::uint64_t parse_size(std::string_view text) {
  const auto size = config::read_size(text);
  if (!size) {
    base::fail_usage("bad_size", config::not_a_size(text), base::printable(text));
  }
  return *size;
}

}  // namespace dbrollback
