// Does a URL hold a password? In doubt yes: the cost is a message about env:, that of a no is a leaked password.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "engine/config/url.hpp"

namespace dbrollback::config {

namespace {

// "user:password@host" at the beginning of what follows "//". A password may hold '/' and '@' where somebody forgot to
// encode it, so the last '@' counts; digits up to a '/' are a port.
bool in_authority(std::string_view rest) {
  const std::size_t at = rest.rfind('@');
  const std::size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon + 1 >= at || rest.starts_with('/')) {
    return false;
  }
  const std::string_view after = rest.substr(colon + 1, at - colon - 1);
  const std::size_t digits = std::min(after.find_first_not_of("0123456789"), after.size());
  const bool port = digits < after.size() && (after[digits] == '/' || after[digits] == '?');
  return !port;
}

// Is there "WORD=" or "WORD =" in `text`, as a word of its own?
bool has_parameter(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || std::string_view(" ?&;").find(text[at - 1]) != std::string_view::npos;
    const std::size_t next = text.find_first_not_of(' ', at + word.size());
    if (begins && next != std::string_view::npos && text[next] == '=') {
      return true;
    }
  }
  return false;
}

// In a query, or in a connection string of keywords.
bool as_parameter(std::string_view url) {
  std::string text(url);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 4> words{"password", "passwd", "pwd", "sslpassword"};
  return std::ranges::any_of(words, [&](std::string_view word) { return has_parameter(text, word); });
}

}  // namespace

bool holds_password(std::string_view url) {
  const std::size_t slashes = url.starts_with("//") ? 0 : url.find("://");
  if (slashes != std::string_view::npos && in_authority(url.substr(url.find("//", slashes) + 2))) {
    return true;
  }
  return as_parameter(url);
}

}  // namespace dbrollback::config
