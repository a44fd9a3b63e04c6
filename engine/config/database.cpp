#include "engine/config/database.hpp"

#include "engine/base/text.hpp"
#include "engine/config/check.hpp"
#include "engine/config/environment.hpp"

namespace dbrollback::config {

namespace {

const char* const url_example = R"(write url = "sqlite:/srv/app/app.db")";

void check_name(const Item& section) {
  if (!is_database_name(section.name)) {
    key_place_of(section).mistake(
        "a database's name may hold letters, digits, '_', '.' and '-', and begins with a letter, a digit or '_'");
  }
  if (section.node->kind != Kind::table) {
    key_place_of(section).mistake("a database needs a section of its own; write [database.NAME] above its keys");
  }
}

void read_url(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database) {
  const std::string text = text_of(item);
  const Resolved resolved = resolve(text);
  if (resolved.unset) {
    database.url_problem = place_of(item).sentence(resolved.problem);
  } else {
    database.url = check_url(place_of(item), text, folder);
  }
}

void read_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database) {
  if (item.name == "url") {
    read_url(item, folder, database);
  } else if (item.name == "level") {
    database.level = static_cast<int>(whole_number_of(item, level_range));
  } else if (item.name == "threads") {
    database.threads = static_cast<unsigned>(whole_number_of(item, threads_range));
  } else if (item.name == "lock_timeout") {
    database.lock_timeout = wait_of(item);
  } else if (item.name == "max_writer_pause") {
    database.max_writer_pause = wait_of(item);
  } else {
    database.checks = read_checks(item);
  }
}

DatabaseConfig read_database(const Item& section, const std::filesystem::path& folder) {
  check_name(section);
  DatabaseConfig database;
  database.name = section.name;
  for_each_key(section, {"url", "level", "threads", "lock_timeout", "max_writer_pause", "check"},
               [&](const Item& item) { read_key(item, folder, database); });
  if (!has(section, "url")) {
    place_of(section).mistake(base::cat("has no url; ", url_example));
  }
  return database;
}

}  // namespace

std::vector<DatabaseConfig> read_databases(const Item& table, const std::filesystem::path& folder) {
  std::vector<DatabaseConfig> databases;
  for_each_key(table, [&](const Item& section) { databases.push_back(read_database(section, folder)); });
  return databases;
}

}  // namespace dbrollback::config
