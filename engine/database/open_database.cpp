#include "engine/base/fail.hpp"
#include "engine/database/database.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/postgres_database.hpp"
#include "engine/database/postgres/schema_archive.hpp"

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

void prove_schema(const DatabaseConfig& config, const std::string& server_version, const std::filesystem::path& archive,
                  const Tick& tick) {
  const int version = postgres::parse_version(server_version).value_or(0);
  postgres::prove_archive(postgres::find_client_programs(version, {.configured = config.pg_bin}), archive, tick);
}

}  // namespace dbrollback::database
