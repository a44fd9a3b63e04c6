// Small text helpers for messages.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"

namespace dbrollback::base {

namespace detail {
inline void append(std::string& out, std::string_view part) { out += part; }
template <std::integral T>
void append(std::string& out, T part) {
  if constexpr (std::same_as<T, char>) {
    out += part;
  } else {
    out += std::to_string(part);
  }
}
}  // namespace detail

// Text and integers, one after another: cat("page ", 5, " of ", path.native()).
template <class... Parts>
[[nodiscard]] std::string cat(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

// "1 table", "3 tables".
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view one, std::string_view many = {});

// "412.3 MB": decimal units, as disks are sold.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

// "1.5 s", "12 min".
[[nodiscard]] std::string human_duration(std::chrono::milliseconds duration);

[[nodiscard]] bool is_utf8(std::string_view text);

// Two lower-case hexadecimal digits a byte, and back; nothing for anything else.
[[nodiscard]] std::string hex_of(ByteView bytes);
[[nodiscard]] std::optional<std::string> bytes_from_hex(std::string_view text);

// `text` fit for one line of a terminal: control characters and invalid UTF-8 become \xNN.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace dbrollback::base
