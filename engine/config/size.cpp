#include "engine/config/size.hpp"

#include <array>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/config/amount.hpp"

namespace dbrollback {

namespace config {

namespace {

constexpr std::array<Unit<std::uint64_t>, 10> units{{{"B", 1},
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

std::optional<Amount<std::uint64_t>> amount_of(std::string_view text) { return read_amount(text, units, largest); }

}  // namespace

std::optional<std::uint64_t> read_size(std::string_view text) {
  const auto amount = amount_of(text);
  if (!amount || amount->too_large) {
    return std::nullopt;
  }
  return amount->count * amount->unit;
}

std::string not_a_size(std::string_view text) {
  if (amount_of(text)) {
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
