#include "engine/config/conninfo.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace dbrollback::config {

namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";
constexpr std::string_view keyword_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

bool blank(char c) { return blanks.find(c) != std::string_view::npos; }

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

void skip_blanks(std::string_view& rest) { rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size())); }

// The character behind a backslash is what it is; one at the end stands for nothing.
void take_character(std::string_view& rest, std::string& into) {
  if (rest.front() == '\\') {
    rest.remove_prefix(1);
  }
  if (!rest.empty()) {
    into += rest.front();
    rest.remove_prefix(1);
  }
}

std::string plain_value(std::string_view& rest) {
  std::string value;
  while (!rest.empty() && !blank(rest.front())) {
    take_character(rest, value);
  }
  return value;
}

// Nothing when its end is missing.
std::optional<std::string> quoted_value(std::string_view& rest) {
  std::string value;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '\'') {
    take_character(rest, value);
  }
  if (rest.empty()) {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  return value;
}

}  // namespace

bool has_parameter(std::string_view text, std::string_view word) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), lower);
  for (std::size_t at = lowered.find(word); at != std::string::npos; at = lowered.find(word, at + 1)) {
    // A quote ends a value, and the next keyword may stand right behind it.
    const bool begins = at == 0 || std::string_view(" \t\n\v\f\r?&;'").find(lowered[at - 1]) != std::string_view::npos;
    const std::size_t next = lowered.find_first_not_of(blanks, at + word.size());
    if (begins && next != std::string::npos && lowered[next] == '=') {
      return true;
    }
  }
  return false;
}

bool is_conninfo(std::string_view text) {
  constexpr std::array<std::string_view, 10> words{"host",     "hostaddr", "port",    "dbname",   "user",
                                                   "password", "service",  "sslmode", "passfile", "options"};
  skip_blanks(text);
  std::string_view rest = text.substr(std::min(text.find_first_not_of(keyword_characters), text.size()));
  const bool begins_with_keyword = rest.size() < text.size();
  skip_blanks(rest);
  return begins_with_keyword && rest.starts_with('=') &&
         std::ranges::any_of(words, [&](std::string_view word) { return has_parameter(text, word); });
}

std::optional<Conninfo> read_conninfo(std::string_view text) {
  Conninfo parameters;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    const std::size_t end = std::min(text.find_first_of(" \t\n\v\f\r="), text.size());
    std::string keyword(text.substr(0, end));
    text.remove_prefix(end);
    skip_blanks(text);
    if (keyword.empty() || !text.starts_with('=')) {
      return std::nullopt;
    }
    text.remove_prefix(1);
    skip_blanks(text);
    const auto value = text.starts_with('\'') ? quoted_value(text) : plain_value(text);
    if (!value) {
      return std::nullopt;
    }
    parameters.emplace_back(std::move(keyword), *value);
  }
  return parameters;
}

}  // namespace dbrollback::config
