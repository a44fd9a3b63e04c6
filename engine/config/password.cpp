// Does a URL hold a password? In doubt yes: the cost is a message about env:, that of a no is a leaked password.
#include <algorithm>
#include <array>
#include <string>

#include "engine/config/conninfo.hpp"
#include "engine/config/postgres_url.hpp"
#include "engine/config/uri.hpp"
#include "engine/config/url.hpp"

namespace dbrollback::config {

namespace {

// "user:password@host" at the beginning of what follows "//". A password may hold '@' and '/' where somebody forgot to
// encode it, so the last '@' counts; hosts with their ports are no user with a password.
bool in_authority(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::size_t last = rest.rfind('@');
  const std::size_t at = authority.rfind('@');
  const std::string_view user = at == std::string_view::npos ? std::string_view() : authority.substr(0, at);
  if (const std::size_t colon = user.find(':'); colon != std::string_view::npos && colon + 1 < last) {
    return true;
  }
  const std::string_view hosts = at == std::string_view::npos ? authority : authority.substr(at + 1);
  return last != std::string_view::npos && last >= authority.size() && !is_host_list(hosts);
}

// In a query, or in a connection string of keywords.
bool as_parameter(std::string_view url) {
  constexpr std::array<std::string_view, 7> words{
      "password", "passwd", "pwd", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"};
  return std::ranges::any_of(words, [&](std::string_view word) { return has_parameter(url, word); });
}

// Where "user:password@host" would begin: also in "postgres//" and in "postgres:", which somebody mistyped.
std::string_view after_scheme(std::string_view url) {
  if (const std::size_t slashes = url.find("//"); slashes != std::string_view::npos) {
    return url.substr(slashes + 2);
  }
  const std::string scheme = scheme_of(url);
  if (!is_postgres_scheme(scheme)) {
    return {};
  }
  url.remove_prefix(scheme.size() + 1);
  return url.substr(url.starts_with('/') ? 1 : 0);
}

}  // namespace

bool holds_password(std::string_view url) {
  return in_authority(after_scheme(url)) || as_parameter(url) || as_parameter(percent_decode(url));
}

}  // namespace dbrollback::config
