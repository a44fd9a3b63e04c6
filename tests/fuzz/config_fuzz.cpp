// dbrollback.toml: what is read from it obeys the rules, and the template that `init` writes of it means the same.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "dbrollback/config.hpp"
#include "engine/config/rules.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using fuzz::require;
using fuzz::succeeds;

// A file that is removed at the end.
class File {
 public:
  File() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dbrollback-fuzz-XXXXXX").native();
    fd_ = ::mkstemp(pattern.data());
    require(fd_ >= 0, "there is a temporary folder");
    path_ = pattern;
  }
  ~File() { (void)::unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void put(std::string_view text) const {
    require(::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
            "a file can be written");
  }

 private:
  int fd_ = -1;
  std::string path_;
};

// At its beginning: in the file, or in the preset that it names. A preset is a file as well, of dbrollback's or of
// theirs.
bool has_its_place(const std::string& message, const std::string& file, std::string_view text) {
  const bool is_of_a_preset = message.starts_with("presets/") || message.starts_with('/');
  return message.starts_with(file + ":") || (is_of_a_preset && text.find("preset") != std::string_view::npos);
}

Config load(std::string_view text) {
  static const File file;
  file.put(text);
  try {
    return load_config(file.path());
  } catch (const Error& error) {
    require(error.code() == "config" && error.exit() == Exit::usage, "a mistake in a file is a usage error");
    require(has_its_place(error.info().message, file.path(), text), "a mistake has its place");
    throw;
  }
}

bool in(config::Range range, std::int64_t value) { return value >= range.least && value <= range.most; }

void check(const DatabaseConfig& database) {
  require(config::is_database_name(database.name), "a database's name is one");
  require(database.url_problem.empty() != database.url.empty(), "a database has a URL, or a reason why it has none");
  require(database.url.empty() || database.engine == DatabaseConfig::Engine::postgres || database.url.starts_with('/'),
          "a database's path is absolute");
  require(in(config::level_range, database.level) && in(config::threads_range, database.threads) &&
              in(config::jobs_range, database.jobs),
          "numbers in range");
  require(database.pg_bin.empty() || database.pg_bin.is_absolute(), "a folder's path is absolute");
  require(database.lock_timeout.count() >= 0 && database.max_writer_pause <= std::chrono::hours(24) &&
              database.yield_after <= std::chrono::hours(24),
          "waits in range");
  for (const Check& query : database.checks) {
    require(base::is_utf8(query.name) && base::is_utf8(query.sql), "texts are UTF-8");
  }
}

bool are_commands(const std::vector<CommandLine>& commands) {
  return std::ranges::none_of(commands, [](const CommandLine& command) { return command.empty(); });
}

void check(const std::vector<HealthProbe>& probes) {
  for (const HealthProbe& probe : probes) {
    const bool is_url = !probe.url.empty() || !probe.url_problem.empty();
    require(is_url == probe.command.empty(), "a probe is a URL or a command");
    require(!probe.name.empty(), "a probe has a name");
    require(probe.status >= 100 && probe.status <= 599, "an HTTP status in range");
  }
}

void check(const AppConfig& app) {
  require(app.folder.is_absolute(), "a folder's path is absolute");
  require(std::ranges::all_of(app.config_files, [](const auto& file) { return file.is_absolute(); }),
          "a file's path is absolute");
  require(are_commands(app.clear_caches), "a command has a program");
  for (const EvidenceSource& source : app.evidence) {
    const bool is_url = !source.url.empty() || !source.url_problem.empty();
    require(is_url == source.command.empty(), "evidence is of a URL or of a command");
  }
  for (const ServiceConfig& service : app.services) {
    require(!service.name.empty(), "a service has a name");
    require(are_commands(service.stop) && are_commands(service.switch_to) && are_commands(service.start),
            "a command has a program");
    check(service.health);
  }
}

void check(const Config& config) {
  require(config.repository.empty() || config.repository.starts_with('/'), "a repository's path is absolute");
  require(config.keep.last + config.keep.daily + config.keep.weekly + config.keep.monthly > 0, "something is kept");
  check(config.app);
  check(config.health);
  for (const NotifyConfig& notify : config.notify) {
    require(notify.url_problem.empty() != notify.url.empty(), "a webhook has a URL, or a reason why it has none");
    require(!notify.on.empty(), "a webhook is told of something");
  }
  for (const DatabaseConfig& database : config.databases) {
    check(database);
    std::string text;
    if (database.url.empty() ||
        !succeeds([&] { text = config_template(config.repository, database.name, database.url); })) {
      continue;
    }
    const Config again = load(text);
    require(again.repository == config.repository && again.databases.size() == 1, "a template is a configuration");
    require(again.databases[0].name == database.name && again.databases[0].url == database.url,
            "a template means the database that it was made for");
  }
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  const std::string text = fuzz::Input(data, size).rest();
  Config config;
  if (fuzz::succeeds([&] { config = load(text); })) {
    check(config);
  }
  return 0;
}
