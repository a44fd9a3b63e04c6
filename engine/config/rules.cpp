#include "engine/config/rules.hpp"

#include <algorithm>
#include <cctype>

#include "engine/base/text.hpp"
#include "engine/config/duration.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/size.hpp"
#include "engine/config/uri.hpp"
#include "engine/config/url.hpp"

namespace dbrollback::config {

namespace fs = std::filesystem;

std::string whole_number_wanted(Range range) {
  return base::cat("a whole number from ", range.least, " to ", range.most);
}

std::int64_t check_range(const Place& place, std::int64_t value, Range range) {
  if (value < range.least || value > range.most) {
    place.mistake(base::cat(value, " is out of range; it must be ", whole_number_wanted(range)));
  }
  return value;
}

std::chrono::milliseconds check_wait(const Place& place, std::string_view text) {
  // What waits counts its milliseconds in an int, and whoever waits longer than a day has mistyped.
  constexpr auto most = std::chrono::hours(24);
  const auto duration = read_duration(text);
  if (!duration) {
    place.mistake(not_a_duration(text));
  }
  if (*duration > most) {
    place.mistake(base::cat("\"", text, "\" is out of range; it must be at most ", write_duration(most)));
  }
  return *duration;
}

std::string check_repository(const Place& place, const std::string& text, const fs::path& folder) {
  const Resolved resolved = resolve(text);
  if (!resolved.problem.empty()) {
    place.mistake(resolved.problem);
  }
  return check_folder(place, resolved.value, folder).native();
}

fs::path check_folder(const Place& place, const std::string& text, const fs::path& folder) {
  if (const std::string scheme = scheme_of(text); !scheme.empty()) {
    place.mistake(base::cat(scheme, ": is not supported by this version; give the path of a folder on this machine"));
  }
  const std::string path = expand_home(text);
  if (path.starts_with('~')) {
    place.mistake("only ~/ stands for a home folder here; write the whole path (or ./~… for a folder of that name)");
  }
  if (path.empty() || path.find('\0') != std::string::npos) {
    place.mistake("this is no path; give the path of a folder");
  }
  return absolute_from(folder, path);
}

std::uint64_t check_rate(const Place& place, const std::string& text) {
  constexpr std::uint64_t least = 1000;  // whoever wants less has forgotten a letter
  const auto size = read_size(text);
  if (!size) {
    place.mistake(not_a_size(text));
  }
  if (*size < least) {
    place.mistake(base::cat("\"", text, "\" is out of range; it must be at least 1kB"));
  }
  return *size;
}

std::string check_account(const Place& place, const std::string& name) {
  const auto forbidden = [](unsigned char c) { return c <= 0x20 || c == 0x7F || c == ':' || c == '/'; };
  if (name.empty() || name.front() == '-' || std::ranges::any_of(name, forbidden)) {
    place.mistake("this is no account's name; give one that `getent passwd` lists");
  }
  return name;
}

CheckedUrl check_url(const Place& place, const std::string& text, const fs::path& folder) {
  const Resolved resolved = resolve(text);
  if (resolved.unset) {
    return {.engine = {}, .text = {}, .problem = place.sentence(resolved.problem)};
  }
  if (!resolved.problem.empty()) {
    place.mistake(resolved.problem);
  }
  if (!resolved.from_environment && !place.is_variable() && holds_password(text)) {
    place.mistake(
        "this URL holds a password, which must not stand in this file; write env:NAME and set that environment "
        "variable, or leave the password out and keep it in ~/.pgpass");
  }
  auto read = read_url(resolved.value);
  if (const auto* problem = std::get_if<UrlProblem>(&read)) {
    place.mistake(problem->text);
  }
  auto& url = std::get<DatabaseUrl>(read);
  if (url.engine == DatabaseConfig::Engine::sqlite) {
    url.text = absolute_from(folder, url.text).native();
  }
  return {.engine = url.engine, .text = std::move(url.text), .problem = {}};
}

CheckedUrl check_server_url(const Place& place, const std::string& text) {
  CheckedUrl url = check_url(place, text, {});
  if (url.problem.empty() && url.engine != DatabaseConfig::Engine::postgres) {
    place.mistake("this names no PostgreSQL server; write postgresql://USER@HOST/DATABASE, or env:NAME");
  }
  return url;
}

void check_keep(const Place& place, const Retention& keep) {
  if (keep.last == 0 && keep.daily == 0 && keep.weekly == 0 && keep.monthly == 0) {
    place.mistake(
        "last, daily, weekly and monthly are all 0, so that nothing would be kept; at least one must be more");
  }
}

bool is_database_name(std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) || c == '_' || c == '.' || c == '-';
  };
  return !name.empty() && name.front() != '.' && name.front() != '-' && std::ranges::all_of(name, allowed);
}

}  // namespace dbrollback::config
