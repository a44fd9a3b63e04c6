// The top of the file: what every key means. database.cpp reads the sections.
#include <filesystem>

#include "dbrollback/config.hpp"
#include "dbrollback/error.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/config/database.hpp"
#include "engine/config/defaults.hpp"
#include "engine/config/item.hpp"
#include "engine/config/overrides.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/rules.hpp"

namespace dbrollback {

namespace config {

namespace {

namespace fs = std::filesystem;

// The file as text. `name` is what messages call it.
std::string read_text(const fs::path& file, const std::string& name) {
  constexpr std::uint64_t limit = 1 << 20;
  const Place place = place_in(name, {});
  std::optional<std::string> text;
  try {
    const auto stat = base::stat_file(file);
    if (stat && !stat->is_regular) {
      place.mistake(stat->is_folder ? "this is a folder; give the file in it" : "this is not a regular file");
    }
    text = base::read_file(file, limit);
  } catch (const Error& error) {
    if (error.exit() == Exit::usage) {
      throw;
    }
    place.mistake(error.what());
  }
  if (!text) {
    place.mistake("there is no such file; `dbrollback init` writes one");
  }
  return *text;
}

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
  for_each_key(top, {"repository", "timezone", "keep", "database"}, [&](const Item& item) {
    if (item.name == "repository") {
      config.repository = check_repository(place_of(item), text_of(item), folder);
    } else if (item.name == "timezone") {
      config.timezone = check_timezone(place_of(item), text_of(item));
    } else if (item.name == "keep") {
      config.keep = read_keep(item);
    } else {
      config.databases = read_databases(item, folder);
    }
  });
}

}  // namespace

}  // namespace config

Config load_config(const std::filesystem::path& file) {
  const std::string name = base::printable(file.native());
  const config::Node tree = config::parse(name, config::read_text(file, name));
  Config config;
  config.file = config::absolute_from({}, file);
  config.repository = config::default_repository();
  config::read_top({.file = name, .key = {}, .name = {}, .key_at = {}, .node = &tree}, config.file.parent_path(),
                   config);
  config::override_config(config);
  return config;
}

}  // namespace dbrollback
