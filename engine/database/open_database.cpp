#include "engine/base/fail.hpp"
#include "engine/database/database.hpp"
#include "engine/database/postgres/postgres_database.hpp"

namespace dbrollback::database {

std::unique_ptr<Database> open_database(const DatabaseConfig& config) {
  if (!config.url_problem.empty()) {
    base::fail_usage("config", config.url_problem, config.name);
  }
  if (config.engine == DatabaseConfig::Engine::postgres) {
    return open_server(config);
  }
  return open_file(sqlite_path(config.url));
}

std::unique_ptr<ServerDatabase> open_server(const DatabaseConfig& config) {
  return std::make_unique<postgres::PostgresDatabase>(config);
}

}  // namespace dbrollback::database
