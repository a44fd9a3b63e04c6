#include "engine/report/clean.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace dbrollback::report {

namespace {

// The length of a sequence at `at` that sets a terminal's colours (ESC [ … m); 0: there is none.
std::size_t colour_length(std::string_view text, std::size_t at) {
  if (text[at] != '\x1B' || at + 1 >= text.size() || text[at + 1] != '[') return 0;
  const std::size_t end = text.find_first_not_of("0123456789;:", at + 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 - at : 0;
}

// Of UTF-8: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. They make text read as what it is not.
std::size_t direction_length(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at, 3);
  if (rest.starts_with("\xD8\x9C")) return 2;
  if (rest.size() < 3 || rest[0] != '\xE2') return 0;
  const auto last = static_cast<unsigned char>(rest[2]);
  const bool marks = rest[1] == '\x80' && (last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE));
  const bool isolates = rest[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
  return marks || isolates ? 3 : 0;
}

std::string without_directions(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = direction_length(text, i);
    if (length == 0) {
      out += text[i++];
      continue;
    }
    for (const char each : text.substr(i, length)) {
      const auto byte = static_cast<unsigned char>(each);
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
    i += length;
  }
  return out;
}

std::string clean(std::string_view text, bool keep_lines) {
  std::string plain;  // without colours
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t colour = colour_length(text, i);
    if (colour == 0) plain += text[i];
    i += colour == 0 ? 1 : colour;
  }
  std::string out;
  std::size_t begin = 0;
  while (begin <= plain.size()) {
    const std::size_t end = std::min(plain.find_first_of("\n\t", begin), plain.size());
    std::string_view part = std::string_view(plain).substr(begin, end - begin);
    if (part.ends_with('\r')) part.remove_suffix(1);
    out += without_directions(base::printable(part));
    if (end < plain.size()) out += keep_lines ? plain[end] : ' ';
    begin = end + 1;
  }
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

}  // namespace

std::string clean_line(std::string_view text) { return clean(text, false); }

std::string clean_text(std::string_view text) { return clean(text, true); }

std::string shortened(std::string_view text, std::size_t limit) {
  std::size_t units = 0;
  std::size_t room = 0;  // bytes of what fits beside the mark
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) == 0x80U) continue;
    if (units < limit) room = i;
    units += byte >= 0xF0U ? 2 : 1;
  }
  return units <= limit ? std::string(text) : base::cat(text.substr(0, room), "…");
}

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) {
    out.insert(i - 3, 1, ',');
  }
  return out;
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char each : text) {
    switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += each;
    }
  }
  return out;
}

}  // namespace dbrollback::report
