// A whole number and a unit, as people write sizes and durations: "50MB", "5s".
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace dbrollback::config {

template <std::integral Number>
struct Unit {
  std::string_view name;
  Number size;  // in the smallest unit
};

template <std::integral Number>
struct Amount {
  Number count = 0;
  Number unit = 0;
  bool too_large = false;
};

// Nothing when it is not a whole number and one of `units`. `largest`: what count times unit may be.
template <std::integral Number, class Units>
[[nodiscard]] std::optional<Amount<Number>> read_amount(std::string_view text, const Units& units, Number largest) {
  Amount<Number> amount;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.count);
  if (error == std::errc::invalid_argument || text.starts_with('-')) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const Unit<Number>& unit : units) {
    if (text == unit.name) {
      amount.unit = unit.size;
      amount.too_large = error != std::errc() || amount.count > largest / unit.size;
      return amount;
    }
  }
  return std::nullopt;
}

}  // namespace dbrollback::config
