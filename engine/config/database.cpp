#include "engine/config/database.hpp"

#include "engine/base/text.hpp"
#include "engine/config/check.hpp"
#include "engine/config/engine_keys.hpp"
#include "engine/config/migrations.hpp"

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

void read_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database) {
  if (item.name == "url") {
    CheckedUrl url = check_url(place_of(item), text_of(item), folder);
    database.engine = url.engine;
    database.url = std::move(url.text);
    database.url_problem = std::move(url.problem);
  } else if (item.name == "level") {
    database.level = static_cast<int>(whole_number_of(item, level_range));
  } else if (item.name == "threads") {
    database.threads = static_cast<unsigned>(whole_number_of(item, threads_range));
  } else if (item.name == "lock_timeout") {
    database.lock_timeout = wait_of(item);
  } else if (item.name == "max_writer_pause") {
    database.max_writer_pause = wait_of(item);
  } else if (item.name == "check") {
    database.checks = read_checks(item);
  } else if (is_migrations_key(item.name)) {
    read_migrations_key(item, folder, database);
  } else {
    read_postgres_key(item, folder, database);
  }
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys{"url", "level", "threads", "lock_timeout", "max_writer_pause"};
  for (const EngineKey& key : postgres_keys) {
    keys.emplace_back(key.name);
  }
  keys.insert(keys.end(), migrations_keys.begin(), migrations_keys.end());
  keys.emplace_back("check");
  return keys;
}

DatabaseConfig read_database(const Item& section, const std::filesystem::path& folder) {
  check_name(section);
  DatabaseConfig database;
  database.name = section.name;
  for_each_key(section, known_keys(), [&](const Item& item) { read_key(item, folder, database); });
  if (!has(section, "url")) {
    place_of(section).mistake(base::cat("has no url; ", url_example));
  }
  if (database.url_problem.empty()) {
    refuse_other_engines_keys(section, database.engine);
  }
  refuse_two_ways(section);
  return database;
}

}  // namespace

std::vector<DatabaseConfig> read_databases(const Item& table, const std::filesystem::path& folder) {
  std::vector<DatabaseConfig> databases;
  for_each_key(table, [&](const Item& section) { databases.push_back(read_database(section, folder)); });
  return databases;
}

}  // namespace dbrollback::config
