#include "tools/cli/context.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "dbrollback/error.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

const DatabaseConfig* configured(const Config& config, const std::string& name) {
  const auto found = std::find_if(config.databases.begin(), config.databases.end(),
                                  [&](const DatabaseConfig& database) { return database.name == name; });
  return found == config.databases.end() ? nullptr : &*found;
}

bool is_relative_spec(const std::string& spec) { return spec == "latest" || spec.starts_with("before:"); }

std::vector<std::string> database_names(Repository& repository) {
  std::vector<std::string> names;
  for (const SnapshotSummary& snapshot : repository.list()) {
    // A damaged manifest does not say whose it is.
    const bool known = std::find(names.begin(), names.end(), snapshot.database) != names.end();
    if (!snapshot.database.empty() && !known) names.push_back(snapshot.database);
  }
  return names;
}

}  // namespace

const Config& Context::config() {
  if (config_) return *config_;
  std::filesystem::path file = global_.config.empty() ? environment("DBROLLBACK_CONFIG") : global_.config;
  if (file.empty()) {
    std::error_code unreadable;  // a working directory that was removed holds no configuration
    const std::filesystem::path here = std::filesystem::current_path(unreadable);
    if (!unreadable) file = find_config(here);
  }
  config_ = file.empty() ? default_config() : load_config(file);
  if (!global_.repository.empty()) {
    config_->repository = std::filesystem::absolute(global_.repository).lexically_normal().string();
  }
  console_.detail("configuration: " + (config_->file.empty() ? "none, defaults" : config_->file.string()));
  console_.detail("repository: " + config_->repository);
  return *config_;
}

bool Context::is_default_repository() {
  return config().file.empty() && global_.repository.empty() && environment("DBROLLBACK_REPOSITORY").empty();
}

Repository Context::repository() {
  try {
    return Repository::open(config().repository);
  } catch (const Error& error) {
    if (error.code() != "no_repository" || !is_default_repository()) throw;
    ErrorInfo info = error.info();
    info.next = "go to the folder of your dbrollback.toml (there is none here or above); or " + info.next;
    throw Error(std::move(info));
  }
}

Repository Context::repository_for_writing() {
  std::error_code ignored;
  if (!is_default_repository() || std::filesystem::exists(config().repository, ignored)) return repository();
  Repository created = Repository::create(config().repository);
  console_.note("created the repository " + config().repository);
  return created;
}

std::string Context::database_name() const {
  return global_.database.empty() ? environment("DBROLLBACK_DATABASE") : global_.database;
}

DatabaseConfig Context::database() { return select_database(config(), database_name()); }

DatabaseConfig Context::database_of(const SnapshotSummary& snapshot, const std::string& otherwise) {
  if (!database_name().empty()) return database();
  if (const DatabaseConfig* same = configured(config(), snapshot.database)) return *same;
  if (!otherwise.empty()) return select_database(config(), otherwise);
  if (snapshot.database.empty()) {  // listed, but its manifest cannot be read
    fail({.code = "damaged_snapshot",
          .exit = Exit::damaged,
          .message = "snapshot " + snapshot.id + " is damaged: nothing says which database it is of",
          .object = snapshot.id,
          .state = "nothing was changed",
          .next = "dbrollback verify " + snapshot.id + " --level stored"});
  }
  fail_usage("unknown_database",
             "snapshot " + snapshot.id + " is of " + snapshot.database + ", and no database of that name is configured",
             snapshot.database,
             "say which database is meant with `--database NAME`, or with `--database PATH` for its file");
}

DatabaseConfig Context::for_proofs_of(const std::string& name) {
  if (const DatabaseConfig* same = configured(config(), database_name().empty() ? name : database_name())) return *same;
  return is_postgres_url(database_name()) || database_name().starts_with("env:") ? database() : DatabaseConfig();
}

std::string Context::scope(Repository& repository) {
  std::string name = database_name();
  if (name.empty() || configured(config(), name) != nullptr) return name;
  const std::vector<std::string> held = database_names(repository);
  if (std::find(held.begin(), held.end(), name) != held.end()) return name;
  std::error_code ignored;
  const bool url =
      is_postgres_url(name) || name.find_first_of("/:.") != std::string::npos || std::filesystem::exists(name, ignored);
  if (url) return database().name;
  const std::string names = join(held, ", ");
  fail_usage("unknown_database",
             "the repository has no snapshots of " + name + ", and no database of that name is configured", name,
             names.empty() ? "dbrollback snapshot --database PATH" : "one of: " + names);
}

SnapshotSummary Context::resolve(Repository& repository, const std::string& spec) {
  if (!is_relative_spec(spec)) return repository.resolve(spec);
  std::string name = scope(repository);
  if (name.empty() && !config().databases.empty()) name = database().name;
  const std::vector<std::string> held = name.empty() ? database_names(repository) : std::vector<std::string>{};
  if (held.size() > 1) {
    fail_usage("ambiguous_database", "the repository has snapshots of several databases: " + join(held, ", "), spec,
               "say which with `--database NAME`, or name the snapshot by its id");
  }
  SnapshotSummary found = repository.resolve(spec, name);
  // It may be the one that is meant: going back to an older one must not go unnoticed. Its time is that of its id.
  const Time since = std::chrono::floor<std::chrono::seconds>(found.created);
  for (const SnapshotSummary& each : repository.list()) {
    if (!each.database.empty() || each.created < since) continue;
    console_.warning("snapshot " + each.id + " is newer than " + found.id + ", the one meant by " + spec +
                     ", but its manifest cannot be read: whose it is cannot be told");
  }
  return found;
}

std::string Context::typed_places() const {
  std::string options;
  if (!global_.config.empty()) options += " --config " + shell_quote(global_.config);
  if (!global_.repository.empty()) options += " --repository " + shell_quote(global_.repository);
  return options;
}

std::string Context::again(const std::string& command) const {
  std::string line = "dbrollback " + command + typed_places();
  if (!global_.database.empty()) line += " --database " + shell_quote(global_.database);
  return line;
}

std::string Context::completed(const std::string& next) const {
  constexpr std::string_view beginning = "`dbrollback ";
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t start = next.find(beginning, at);
    const std::size_t end = start == std::string::npos ? start : next.find('`', start + beginning.size());
    if (end == std::string::npos) return out + next.substr(at);
    const std::string command = next.substr(start, end - start);
    out += next.substr(at, start - at) + command;
    if (command.find(" --repository ") == std::string::npos && command.find(" help") == std::string::npos) {
      out += typed_places();
    }
    at = end;
    out += next[at++];
  }
}

}  // namespace dbrollback::cli
