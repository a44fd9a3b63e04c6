#include "engine/config/engine_keys.hpp"

#include <algorithm>
#include <span>

#include "engine/base/text.hpp"

namespace dbrollback::config {

void read_postgres_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database) {
  if (item.name == "jobs") {
    database.jobs = static_cast<unsigned>(whole_number_of(item, jobs_range));
  } else if (item.name == "yield_after") {
    database.yield_after = wait_of(item);
  } else if (item.name == "max_rate") {
    database.max_rate = rate_of(item);
  } else if (item.name == "tables") {
    database.tables = texts_of(item);
  } else if (item.name == "exclude_tables") {
    database.exclude_tables = texts_of(item);
  } else if (item.name == "pg_bin") {
    database.pg_bin = check_folder(place_of(item), text_of(item), folder);
  } else if (item.name == "admin_url") {
    CheckedUrl url = check_server_url(place_of(item), text_of(item));
    database.admin_url = std::move(url.text);
    database.admin_url_problem = std::move(url.problem);
  } else if (item.name == "scratch_url") {
    CheckedUrl url = check_server_url(place_of(item), text_of(item));
    database.scratch_url = std::move(url.text);
    database.scratch_url_problem = std::move(url.problem);
  } else {
    database.scratch_user = check_account(place_of(item), text_of(item));
  }
}

void refuse_other_engines_keys(const Item& section, DatabaseConfig::Engine engine) {
  const bool sqlite = engine == DatabaseConfig::Engine::sqlite;
  const std::span<const EngineKey> others =
      sqlite ? std::span<const EngineKey>(postgres_keys) : std::span<const EngineKey>(sqlite_keys);
  for_each_key(section, [&](const Item& item) {
    const auto key = std::ranges::find_if(others, [&](const EngineKey& each) { return item.name == each.name; });
    if (key != others.end()) {
      key_place_of(item).mistake(
          base::cat("is for ", sqlite ? "PostgreSQL" : "SQLite", " only: ", key->why, "; take it out"));
    }
  });
}

}  // namespace dbrollback::config
