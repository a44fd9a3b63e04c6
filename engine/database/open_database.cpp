#include "engine/database/database.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/postgres_database.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/write_sql.hpp"
#include "engine/database/require_url.hpp"

namespace dbrollback::database {

std::unique_ptr<Database> open_database(const DatabaseConfig& config) {
  require_url(config);
  if (config.engine == DatabaseConfig::Engine::postgres) {
    return open_server(config);
  }
  return open_file(sqlite_path(config.url));
}

std::unique_ptr<ServerDatabase> open_server(const DatabaseConfig& config) {
  return std::make_unique<postgres::PostgresDatabase>(config);
}

namespace {

postgres::ClientPrograms programs_for(const DatabaseConfig& config, const std::string& server_version) {
  return postgres::find_client_programs(postgres::parse_version(server_version).value_or(0),
                                        {.configured = config.pg_bin});
}

}  // namespace

void prove_schema(const DatabaseConfig& config, const std::string& server_version, const std::filesystem::path& archive,
                  const Tick& tick) {
  postgres::prove_archive(programs_for(config, server_version), archive, tick);
}

void write_script(const DatabaseConfig& config, const StoredDatabase& stored, const ScriptOptions& options,
                  const std::function<void(base::ByteView)>& take) {
  postgres::write_sql(programs_for(config, options.server_version), stored, options, take);
}

}  // namespace dbrollback::database
