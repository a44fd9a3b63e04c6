#include "engine/base/placeholders.hpp"

namespace dbrollback::base {

std::string put_in(std::string_view text, const std::function<const std::string*(std::string_view name)>& value_of) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find_first_of("{}", open + 1);
    const bool whole = close != std::string_view::npos && text[close] == '}';
    const std::string* value = whole ? value_of(text.substr(open + 1, close - open - 1)) : nullptr;
    if (value != nullptr) {
      out += text.substr(0, open);
      out += *value;
      text.remove_prefix(close + 1);
    } else {
      const std::size_t passed = open == std::string_view::npos ? text.size() : open + 1;
      out += text.substr(0, passed);
      text.remove_prefix(passed);
    }
  }
  return out;
}

}  // namespace dbrollback::base
