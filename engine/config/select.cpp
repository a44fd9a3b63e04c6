// Which database an argument means.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/overrides.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/postgres_url.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/url.hpp"

namespace dbrollback {

namespace config {

namespace {

std::vector<std::string> names_of(const Config& config) {
  std::vector<std::string> names;
  for (const DatabaseConfig& database : config.databases) {
    names.push_back(database.name);
  }
  return names;
}

DatabaseConfig the_only_one(const Config& config) {
  if (config.databases.empty()) {
    base::fail_usage(
        "no_database", "no database is configured and none was given", {},
        base::cat(config.file.empty() ? "go to the folder of its dbrollback.toml (there is none here or above), " : "",
                  "write `--database PATH`, or run `dbrollback init` to configure one"));
  }
  if (config.databases.size() > 1) {
    base::fail_usage("ambiguous_database",
                     base::cat("several databases are configured: ", base::join(names_of(config), ", ")), {},
                     "say which one with `--database NAME`");
  }
  return config.databases.front();
}

bool looks_like_path(std::string_view text) {
  return text.find_first_of("/:.") != std::string_view::npos || base::glance_at(text);
}

[[noreturn]] void fail_unknown(const Config& config, std::string_view name) {
  const std::string shown = base::printable(name);
  if (config.databases.empty()) {
    base::fail_usage("unknown_database", base::cat("there is no file \"", shown, "\", and no database is configured"),
                     shown, "write `--database PATH`, or run `dbrollback init` to configure one");
  }
  const std::string nearest = nearest_name(name, names_of(config));
  base::fail_usage("unknown_database",
                   base::cat("there is no database \"", shown, "\" in ", base::printable(config.file.native()),
                             "; it has: ", base::join(names_of(config), ", ")),
                   shown, nearest.empty() ? "write one of these names" : base::cat("did you mean '", nearest, "'?"));
}

// Any text as a database's name: with '_' for each character that such a name may not hold.
std::string plain_name(std::string_view given, const char* otherwise) {
  std::string name;
  for (const char c : given) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues_character = (byte & 0xC0U) == 0x80U;
    if (is_database_name(std::string("_") + c)) {
      name += c;
    } else if (!continues_character) {
      name += '_';
    }
  }
  if (!is_database_name(name)) {
    name = name.empty() ? otherwise : "_" + name.substr(1);
  }
  return name;
}

// A file's name as a database's: without an ending that says no more than that it is a database.
std::string name_from(const std::filesystem::path& file) {
  const std::string ending = file.extension().native();
  const bool plain = ending == ".db" || ending == ".db3" || ending == ".sqlite" || ending == ".sqlite3";
  return plain_name(plain ? file.stem().native() : file.filename().native(), "database");
}

DatabaseConfig from_url(std::string_view given) {
  const Resolved resolved = resolve(given);
  if (!resolved.problem.empty()) {
    base::fail_usage("bad_database_url", resolved.problem);
  }
  const auto read = read_url(resolved.value);
  if (const auto* problem = std::get_if<UrlProblem>(&read)) {
    base::fail_usage(problem->code, problem->text);
  }
  const auto& url = std::get<DatabaseUrl>(read);
  DatabaseConfig database;
  database.engine = url.engine;
  if (url.engine == DatabaseConfig::Engine::postgres) {
    database.url = url.text;
    database.name = plain_name(dbname_of(url.text), "postgres");
  } else {
    database.url = absolute_from({}, url.text).native();
    database.name = name_from(database.url);
  }
  database.from_url = true;
  override_database(database);
  return database;
}

}  // namespace

}  // namespace config

DatabaseConfig select_database(const Config& config, std::string_view name_or_url) {
  if (name_or_url.empty()) {
    return config::the_only_one(config);
  }
  const auto named = std::ranges::find(config.databases, name_or_url, &DatabaseConfig::name);
  if (named != config.databases.end()) {
    return *named;
  }
  refuse_password(name_or_url);
  if (!is_postgres_url(name_or_url) && !config::looks_like_path(name_or_url)) {
    config::fail_unknown(config, name_or_url);
  }
  return config::from_url(name_or_url);
}

void refuse_password(std::string_view argument) {
  if (config::holds_password(argument)) {
    base::fail_usage("password_in_argument",
                     "the database's URL holds a password, which every user of this machine can see in an argument", {},
                     "set an environment variable and write `--database env:NAME`, configure url = \"env:NAME\", or "
                     "leave the password out and keep it in ~/.pgpass");
  }
}

bool is_postgres_url(std::string_view url) { return config::is_postgres_url(url); }

std::filesystem::path sqlite_path(std::string_view url) {
  const auto read = config::read_sqlite_url(url);
  if (const auto* problem = std::get_if<config::UrlProblem>(&read)) {
    base::fail_usage(problem->code, problem->text);
  }
  return config::absolute_from({}, std::get<std::filesystem::path>(read));
}

}  // namespace dbrollback
