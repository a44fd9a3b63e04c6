#include "engine/config/postgres_url.hpp"

#include <algorithm>
#include <cctype>

#include "engine/config/conninfo.hpp"
#include "engine/config/uri.hpp"

namespace dbrollback::config {

namespace {

bool digits(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) {
      return false;
    }
    host.remove_prefix(end + 1);
  } else {
    host.remove_prefix(std::min(host.find(':'), host.size()));
  }
  return host.empty() || (host.front() == ':' && digits(host.substr(1)));
}

// What follows "scheme://", as libpq cuts it: a user ends at the first '@' that stands before any '/'.
struct Parts {
  bool has_user = false;
  std::string_view hosts;
  std::string_view path;  // without its '/'
  std::string_view query;
};

Parts parts_of(std::string_view rest) {
  Parts parts;
  if (const std::size_t at = rest.find('@'); at < rest.find('/')) {
    parts.has_user = true;
    rest.remove_prefix(at + 1);
  }
  const auto [whole, query] = cut_query(rest);
  parts.query = query;
  parts.hosts = whole.substr(0, whole.find('/'));
  parts.path = whole.substr(std::min(parts.hosts.size() + 1, whole.size()));
  return parts;
}

// libpq can take a whole URL for a dbname, and whoever shows the name would show the password in it.
const char* const url_as_dbname = "the dbname in this URL is a URL itself; write that one alone";

bool holds_url(std::string_view text) { return text.find("://") != std::string_view::npos; }

std::optional<std::string> problem_of_uri(std::string_view rest) {
  if (!rest.starts_with("//") || rest.find_first_not_of('/') == std::string_view::npos) {
    return "this URL names neither a server nor a database; write postgresql://USER@HOST/DATABASE";
  }
  // A password with such a character in it ends too early, and libpq would name what is left of it as a host.
  const Parts parts = parts_of(rest.substr(2));
  const auto has_at = [](std::string_view part) { return part.find('@') != std::string_view::npos; };
  if (!is_host_list(parts.hosts) || has_at(parts.hosts) || has_at(parts.path)) {
    return "this URL cannot be taken apart: write '/' in a user, a password or a name as %2F, '@' as %40, ':' as %3A";
  }
  const std::string query = percent_decode(parts.query);
  if (holds_url(percent_decode(parts.path)) || (has_parameter("?" + query, "dbname") && holds_url(query))) {
    return url_as_dbname;
  }
  return std::nullopt;
}

std::string dbname_of_uri(std::string_view rest) {
  const Parts parts = parts_of(rest.substr(2));
  const bool in_doubt = !parts.has_user && rest.find('@') != std::string_view::npos;
  return in_doubt ? std::string() : percent_decode(parts.path);
}

std::string dbname_of_conninfo(std::string_view text) {
  std::string name;
  for (const auto& [keyword, value] : read_conninfo(text).value_or(Conninfo())) {
    name = keyword == "dbname" ? value : name;
  }
  return name;
}

}  // namespace

bool is_postgres_scheme(std::string_view scheme) {
  const std::string_view family = scheme.substr(0, scheme.find('+'));
  return family == "postgresql" || family == "postgres";
}

bool is_host_list(std::string_view hosts) {
  while (!hosts.empty()) {
    const std::string_view host = hosts.substr(0, hosts.find(','));
    if (!is_host(host)) {
      return false;
    }
    hosts.remove_prefix(std::min(host.size() + 1, hosts.size()));
  }
  return true;
}

bool is_postgres_url(std::string_view url) { return is_postgres_scheme(scheme_of(url)) || is_conninfo(url); }

std::optional<std::string> problem_of_postgres_url(std::string_view url) {
  if (std::ranges::any_of(url, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    return "this URL holds a zero byte, a line end or another control character; take it out, or write it as %XX";
  }
  if (const std::string scheme = scheme_of(url); is_postgres_scheme(scheme)) {
    return problem_of_uri(url.substr(scheme.size() + 1));
  }
  if (!read_conninfo(url)) {
    return "this is no connection string; write KEYWORD=VALUE, in single quotes where the value holds a blank";
  }
  if (holds_url(dbname_of_conninfo(url))) {
    return url_as_dbname;
  }
  return std::nullopt;
}

std::string dbname_of(std::string_view url) {
  const std::string scheme = scheme_of(url);
  std::string name =
      is_postgres_scheme(scheme) ? dbname_of_uri(url.substr(scheme.size() + 1)) : dbname_of_conninfo(url);
  // No plain name: perhaps a connection string, with a password of its own.
  return name.find_first_of("@:/=") == std::string::npos ? name : std::string();
}

}  // namespace dbrollback::config
