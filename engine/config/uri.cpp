#include "engine/config/uri.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace dbrollback::config {

namespace {

bool letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool hexadecimal(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool in_scheme(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("+.-").find(c) != std::string_view::npos;
}
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::string scheme_of(std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find(':'));
  if (scheme.size() == text.size() || scheme.empty() || !letter(scheme.front()) ||
      !std::ranges::all_of(scheme, in_scheme)) {
    return {};
  }
  std::string name(scheme);
  std::ranges::transform(name, name.begin(), lower);
  return name;
}

std::pair<std::string_view, std::string_view> cut_query(std::string_view text) {
  const std::size_t mark = text.find('?');
  return {text.substr(0, mark), mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1)};
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hexadecimal(text[i + 1]) && hexadecimal(text[i + 2])) {
      unsigned value = 0;
      (void)std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool asks_for_memory(std::string_view query) {
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    if (parameter == "mode=memory") {
      return true;
    }
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
  }
  return false;
}

}  // namespace dbrollback::config
