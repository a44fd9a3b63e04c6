#include "engine/base/text.hpp"

#include <array>
#include <cstdio>

namespace dbrollback::base {

namespace {

// Bytes of the UTF-8 sequence that begins at `at`, 0 when it is not a valid one.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  // Longer than need be, surrogates, and what is beyond U+10FFFF.
  const bool wrong = (lead == 0xE0 && byte(at + 1) < 0xA0) || (lead == 0xED && byte(at + 1) >= 0xA0) ||
                     (lead == 0xF0 && byte(at + 1) < 0x90) || (lead == 0xF4 && byte(at + 1) >= 0x90);
  return wrong ? 0 : length;
}

// Moves a terminal's cursor, or worse: C0 and C1.
bool is_control(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  return lead < 0x20 || lead == 0x7F || (lead == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0);
}

std::string with_decimals(double value, const char* unit) {
  std::array<char, 48> text{};
  const int decimals = value < 9.95 ? 1 : 0;
  (void)std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, unit);
  return text.data();
}

}  // namespace

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) {
      out += separator;
    }
    out += part;
  }
  return out;
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  std::string out = cat(count, " ");
  if (count == 1) {
    out += one;
  } else if (many.empty()) {
    out += one;
    out += 's';
  } else {
    out += many;
  }
  return out;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) {
    return cat(bytes, " B");
  }
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"kB", "MB", "GB", "TB"}) {
    if (value < 999.5) {
      break;
    }
    value /= 1000;
    unit = next;
  }
  return with_decimals(value, unit);
}

std::string human_duration(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  if (count < 1000) {
    return cat(count, " ms");
  }
  const double seconds = static_cast<double>(count) / 1000;
  if (seconds < 120) {
    return with_decimals(seconds, "s");
  }
  if (seconds < 7200) {
    return with_decimals(seconds / 60, "min");
  }
  return with_decimals(seconds / 3600, "h");
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string hex_of(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte each : bytes) {
    const auto value = std::to_integer<unsigned>(each);
    out += digits[value >> 4U];
    out += digits[value & 15U];
  }
  return out;
}

std::optional<std::string> bytes_from_hex(std::string_view text) {
  if (text.size() % 2 != 0 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto digit = [&](std::size_t i) { return text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    out += static_cast<char>(digit(i) * 16 + digit(i + 1));
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0 || is_control(text, i)) {
      std::array<char, 8> escaped{};
      (void)std::snprintf(escaped.data(), escaped.size(), "\\x%02X", static_cast<unsigned char>(text[i]));
      out += escaped.data();
      ++i;
    } else {
      out += text.substr(i, length);
      i += length;
    }
  }
  return out;
}

}  // namespace dbrollback::base
