#include "engine/application/redact.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "dbrollback/error.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::application {

namespace {

constexpr std::size_t shortest_value = 6;     // of a configuration file: what is shorter is a number or a yes
constexpr std::size_t shortest_password = 4;  // what is shorter would take half of a text with it
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

void add(std::string_view secret, std::size_t shortest, std::vector<std::string>& into) {
  if (secret.size() >= shortest) {
    into.emplace_back(secret);
  }
}

std::string decoded(std::string_view text) {
  const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0'; };
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_digit(text[i + 1]) && is_digit(text[i + 2])) {
      out += static_cast<char>(16 * digit(text[i + 1]) + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void add_coded(std::string_view secret, std::vector<std::string>& into) {
  add(secret, shortest_password, into);
  if (const std::string plain = decoded(secret); plain != secret) {
    add(plain, shortest_password, into);
  }
}

// Whether `text` ends with the scheme of a database's URL. Its query is parameters of the connection: hosts, folders of
// sockets, time limits.
bool ends_with_database_scheme(std::string_view text) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789+.-";
  const std::string_view scheme = text.substr(text.find_last_not_of(characters) + 1);
  return scheme.starts_with("postgres") || scheme.starts_with("sqlite") || scheme == "file";
}

bool is_secret_parameter(std::string_view name) {
  constexpr std::array<std::string_view, 7> words{"password",         "passwd",          "pwd", "secret", "token",
                                                  "scram_client_key", "scram_server_key"};
  return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

// "a=1&b=2": the whole, and each value. Or only the values whose names say that they are secret.
void add_query(std::string_view query, bool by_name, std::vector<std::string>& into) {
  if (!by_name) {
    add_coded(query, into);
  }
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos && (!by_name || is_secret_parameter(one.substr(0, equals)))) {
      add_coded(one.substr(equals + 1), into);
    }
    query.remove_prefix(std::min(one.size() + 1, query.size()));
  }
}

// "host=db password='a b'".
void add_keyword_password(std::string_view text, std::vector<std::string>& into) {
  constexpr std::string_view keyword = "password";
  for (std::size_t at = text.find(keyword); at != std::string_view::npos; at = text.find(keyword, at + 1)) {
    std::string_view rest = trimmed(text.substr(at + keyword.size()));
    if (!rest.starts_with('=')) {
      continue;
    }
    rest = trimmed(rest.substr(1));
    const bool quoted = rest.starts_with('\'');
    rest.remove_prefix(quoted ? 1 : 0);
    add_coded(rest.substr(0, rest.find_first_of(quoted ? "'" : " \t&")), into);
  }
}

// "scheme://user:password@host/path?query#fragment", wherever it stands in `text`.
void add_url(std::string_view text, std::vector<std::string>& into) {
  add_keyword_password(text, into);
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    return;
  }
  const std::string_view rest = text.substr(scheme + 3);
  // A password may hold '/' where somebody forgot to encode it, and a query '@': each is tried.
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  for (const std::size_t at : {rest.substr(0, end).rfind('@'), rest.substr(0, rest.find('?')).rfind('@')}) {
    if (at != std::string_view::npos) {
      const std::string_view user = rest.substr(0, at);
      add_coded(user.substr(std::min(user.find(':'), user.size() - 1) + 1), into);
    }
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    add_query(rest.substr(mark + 1), ends_with_database_scheme(text.substr(0, scheme)), into);
  }
}

// Without the quotes around it and the comma behind it.
std::string_view unquoted(std::string_view value) {
  value = trimmed(value);
  if (value.ends_with(',') || value.ends_with(';')) {
    value = trimmed(value.substr(0, value.size() - 1));
  }
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

void add_value(std::string_view value, std::vector<std::string>& into) {
  add(unquoted(value), shortest_value, into);
  for (const std::string_view comment : {" #", " ;", " //"}) {
    if (const std::size_t at = value.find(comment); at != std::string_view::npos) {
      add(unquoted(value.substr(0, at)), shortest_value, into);
    }
  }
  add_url(unquoted(value), into);
}

// Every text in double quotes that stands behind a colon: JSON on one line.
void add_quoted_values(std::string_view line, std::vector<std::string>& into) {
  for (std::size_t at = line.find(':'); at != std::string_view::npos; at = line.find(':', at + 1)) {
    std::string_view rest = trimmed(line.substr(at + 1));
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      add_value(rest.substr(0, rest.find('"')), into);
    }
  }
}

void add_line(std::string_view line, std::vector<std::string>& into) {
  line = trimmed(line);
  if (line.empty() || line.starts_with('#') || line.starts_with(';')) {
    return;
  }
  add_quoted_values(line, into);
  const std::size_t at = line.find_first_of("=:");
  if (at != std::string_view::npos) {
    add_value(line.substr(at + 1), into);
  }
}

void add_text(std::string_view text, std::vector<std::string>& into) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    add_line(line, into);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

// Nothing where it cannot be read: what is not read is not kept with a release either.
std::optional<std::string> text_of_file(const std::filesystem::path& file) {
  constexpr std::uint64_t most = 16U << 20U;
  try {
    return base::read_file(base::real_path(file), most);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void put_in_order(std::vector<std::string>& secrets) {
  std::ranges::sort(secrets, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
}

// Whoever knows the path of a webhook can use it.
void add_webhook(std::string_view url, std::vector<std::string>& into) {
  add_url(url, into);
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  if (path != std::string_view::npos) {
    add(url.substr(path), shortest_value, into);
  }
}

}  // namespace

Redactor::Redactor(const Config& config) {
  for (const auto& file : config.app.config_files) {
    add_text(text_of_file(file).value_or(""), secrets_);
  }
  for (const DatabaseConfig& database : config.databases) {
    for (const std::string& url : {database.url, database.admin_url, database.scratch_url}) {
      add_url(url, secrets_);
    }
  }
  const auto add_probes = [&](const std::vector<HealthProbe>& probes) {
    std::ranges::for_each(probes, [&](const HealthProbe& probe) { add_url(probe.url, secrets_); });
  };
  add_probes(config.health);
  for (const ServiceConfig& service : config.app.services) {
    add_probes(service.health);
  }
  for (const EvidenceSource& source : config.app.evidence) {
    add_url(source.url, secrets_);
  }
  for (const NotifyConfig& receiver : config.notify) {
    add_webhook(receiver.url, secrets_);
  }
  put_in_order(secrets_);
}

void Redactor::learn(std::string_view file_text) {
  add_text(file_text, secrets_);
  put_in_order(secrets_);
}

std::string Redactor::operator()(std::string text) const {
  constexpr std::string_view instead = "***";
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + instead.size())) {
      text.replace(at, secret.size(), instead);
    }
  }
  return text;
}

}  // namespace dbrollback::application
