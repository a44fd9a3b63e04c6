#include "engine/config/defaults.hpp"

#include <unistd.h>

#include <filesystem>

#include "dbrollback/config.hpp"
#include "engine/base/file.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/overrides.hpp"
#include "engine/config/paths.hpp"

namespace dbrollback {

namespace config {

std::string default_repository(bool is_root, std::string_view data_home, std::string_view home) {
  if (!is_root && data_home.starts_with('/')) {
    return absolute_from(data_home, "dbrollback").native();
  }
  if (!is_root && !home.empty()) {
    return absolute_from(home, ".local/share/dbrollback").native();
  }
  return "/var/lib/dbrollback";
}

std::string default_repository() {
  return default_repository(::geteuid() == 0, environment("XDG_DATA_HOME").value_or(""), home_folder());
}

}  // namespace config

std::filesystem::path find_config(const std::filesystem::path& start) {
  namespace fs = std::filesystem;
  fs::path folder = config::absolute_from({}, start);
  while (true) {
    fs::path file = folder / "dbrollback.toml";
    if (const auto there = base::glance_at(file); there && !there->is_folder) {
      return file;
    }
    if (folder == folder.parent_path()) {
      return {};
    }
    folder = folder.parent_path();
  }
}

Config default_config() {
  Config config;
  config.repository = config::default_repository();
  config::override_config(config);
  return config;
}

}  // namespace dbrollback
