// The top of the file: what every key means. database.cpp, app.cpp, health.cpp and notify.cpp read the sections.
#include <filesystem>

#include "dbrollback/config.hpp"
#include "engine/base/text.hpp"
#include "engine/config/app.hpp"
#include "engine/config/database.hpp"
#include "engine/config/defaults.hpp"
#include "engine/config/health.hpp"
#include "engine/config/item.hpp"
#include "engine/config/notify.hpp"
#include "engine/config/overrides.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/text_file.hpp"

namespace dbrollback {

namespace config {

namespace {

namespace fs = std::filesystem;

Retention read_keep(const Item& table) {
  if (table.node->kind != Kind::table) {
    wrong_kind(table, "a table like { last = 10, daily = 7 }");
  }
  Retention keep;
  for_each_key(table, {"last", "daily", "weekly", "monthly"}, [&](const Item& item) {
    const auto count = static_cast<unsigned>(whole_number_of(item, keep_range));
    if (item.name == "last") {
      keep.last = count;
    } else if (item.name == "daily") {
      keep.daily = count;
    } else if (item.name == "weekly") {
      keep.weekly = count;
    } else {
      keep.monthly = count;
    }
  });
  check_keep(place_of(table), keep);
  return keep;
}

void read_top(const Item& top, const fs::path& folder, Config& config) {
  for_each_key(top, {"repository", "timezone", "keep", "database", "app", "health", "notify"}, [&](const Item& item) {
    if (item.name == "repository") {
      config.repository = check_repository(place_of(item), text_of(item), folder);
    } else if (item.name == "timezone") {
      config.timezone = check_timezone(place_of(item), text_of(item));
    } else if (item.name == "keep") {
      config.keep = read_keep(item);
    } else if (item.name == "database") {
      config.databases = read_databases(item, folder);
    } else if (item.name == "app") {
      config.app = read_app(item, folder);
    } else if (item.name == "health") {
      config.health = read_probes(item);
    } else {
      config.notify = read_receivers(item);
    }
  });
}

}  // namespace

}  // namespace config

Config load_config(const std::filesystem::path& file) {
  const std::string name = base::printable(file.native());
  const config::Node tree =
      config::parse(name, config::read_text(file, name, "there is no such file; `dbrollback init` writes one"));
  Config config;
  config.file = config::absolute_from({}, file);
  config.repository = config::default_repository();
  config.app.folder = config.file.parent_path();
  config::read_top({.file = name, .key = {}, .name = {}, .key_at = {}, .node = &tree}, config.file.parent_path(),
                   config);
  config::override_config(config);
  return config;
}

}  // namespace dbrollback
