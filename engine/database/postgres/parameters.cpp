#include "engine/database/postgres/parameters.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

// Query parameters of Prisma, SQLAlchemy drivers and Django's URLs, which libpq refuses.
constexpr std::array<std::string_view, 10> foreign{
    "schema",         "connection_limit", "pool_timeout",         "pgbouncer",
    "socket_timeout", "sslidentity",      "statement_cache_size", "prepared_statement_cache_size",
    "conn_max_age",   "pool_size"};

constexpr std::array<std::string_view, 5> secrets{"password", "sslpassword", "scram_client_key", "scram_server_key",
                                                  "oauth_client_secret"};

bool is_secret(std::string_view keyword) { return std::ranges::find(secrets, keyword) != secrets.end(); }

// "postgresql" of "postgresql+psycopg://…"; empty when the text does not begin with a scheme.
std::string_view family_of(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find("://"));
  const bool is_scheme = scheme.size() < url.size() && std::ranges::all_of(scheme, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
                         });
  return is_scheme ? scheme.substr(0, scheme.find('+')) : std::string_view();
}

// Where the query begins: behind the path, or behind a user's name and password, which may hold a question mark.
std::size_t query_of(std::string_view url) {
  const std::size_t path = url.find('/', url.find("://") + 3);
  const std::size_t at = url.rfind('@');
  const std::size_t from = path != std::string_view::npos ? path : at != std::string_view::npos ? at : 0;
  return url.find('?', from);
}

std::string without_foreign(std::string_view url) {
  const std::size_t question = query_of(url);
  if (question == std::string_view::npos) {
    return std::string(url);
  }
  std::string out(url.substr(0, question));
  char separator = '?';
  for (std::string_view rest = url.substr(question + 1); !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (std::ranges::find(foreign, part.substr(0, part.find('='))) == foreign.end() && !part.empty()) {
      out += separator;
      out += part;
      separator = '&';
    }
  }
  return out;
}

// libpq's own URL: without a driver in the scheme, without what libpq does not know.
std::string for_libpq(std::string_view url) {
  const std::string_view family = family_of(url);
  return family.empty() ? std::string(url) : base::cat("postgresql", without_foreign(url.substr(url.find("://"))));
}

// In a connection string of keywords: in quotes, those and backslashes inside escaped.
std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "'";
}

}  // namespace

Parameters Parameters::parse(std::string_view url) {
  char* message = nullptr;
  const Options options(PQconninfoParse(for_libpq(url).c_str(), &message));
  PQfreemem(message);  // it may repeat a part of the URL
  if (!options) {
    base::fail_usage("bad_database_url",
                     "the database's URL is not one that PostgreSQL understands; write "
                     "postgresql://USER@HOST:PORT/DATABASE, with special characters as %XX");
  }
  Parameters out;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      out.values_[option->keyword] = option->val;
    }
  }
  return out;
}

std::string Parameters::get(const std::string& keyword) const {
  if (const auto given = values_.find(keyword); given != values_.end()) {
    return given->second;
  }
  const Options defaults(PQconndefaults());
  for (const PQconninfoOption* option = defaults.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (keyword == option->keyword && option->val != nullptr && !is_secret(keyword)) {
      return option->val;
    }
  }
  return keyword == "dbname" ? get("user") : std::string();
}

Parameters Parameters::with(const std::string& keyword, const std::string& value) const {
  Parameters out = *this;
  out.values_[keyword] = value;
  return out;
}

std::string Parameters::shown() const {
  const std::string user = get("user");
  const std::string host = get("host").empty() ? get("hostaddr") : get("host");
  const std::string port = get("port");
  const std::string place = host.starts_with('/') ? std::string() : base::cat(host, port.empty() ? "" : ":", port);
  const std::string socket = host.starts_with('/') ? base::cat("?host=", host, port.empty() ? "" : "&port=", port) : "";
  return base::cat("postgresql://", user, user.empty() ? "" : "@", place, "/", database(), socket);
}

std::string Parameters::without_secrets() const {
  std::string out;
  for (const auto& [keyword, value] : values_) {
    if (!is_secret(keyword)) {
      out += base::cat(out.empty() ? "" : " ", keyword, "=", quoted(value));
    }
  }
  return out;
}

std::optional<std::string> Parameters::password() const {
  const auto given = values_.find("password");
  return given == values_.end() ? std::nullopt : std::optional(given->second);
}

}  // namespace dbrollback::database::postgres
