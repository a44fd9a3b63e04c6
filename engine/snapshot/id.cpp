#include "engine/snapshot/id.hpp"

#include <algorithm>
#include <cctype>

#include "engine/base/random.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

namespace {

constexpr std::size_t longest_version = 40;

bool is_plain(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string make_id(base::Time created, std::string_view app_version) {
  std::string version(app_version.substr(0, longest_version));
  std::ranges::replace_if(
      version, [](char c) { return !is_plain(c); }, '_');
  return base::cat(base::to_compact(created), version.empty() ? "" : "-", version, "-", base::random_hex(4));
}

bool is_id(std::string_view text) {
  if (text.size() < 21 || text.size() > 16 + 1 + longest_version + 5 || text[8] != 'T' || text[15] != 'Z' ||
      text[16] != '-' || text[text.size() - 5] != '-') {
    return false;
  }
  return std::ranges::all_of(text.substr(0, 8), is_digit) && std::ranges::all_of(text.substr(9, 6), is_digit) &&
         std::ranges::all_of(text.substr(17), is_plain) && std::ranges::all_of(text.substr(text.size() - 4), is_hex);
}

}  // namespace dbrollback::snapshot
