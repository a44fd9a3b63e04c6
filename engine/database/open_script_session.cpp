#include "engine/database/postgres/script_session.hpp"
#include "engine/database/require_url.hpp"
#include "engine/database/script_session.hpp"
#include "engine/database/sqlite/script_session.hpp"

namespace dbrollback::database {

std::unique_ptr<ScriptSession> open_script_session(const DatabaseConfig& config, const Tick& tick) {
  require_url(config);
  if (config.engine == DatabaseConfig::Engine::postgres) {
    return std::make_unique<postgres::PostgresScriptSession>(
        postgres::Parameters::parse(config.url),
        postgres::ConnectionOptions{
            .lock_timeout = config.lock_timeout, .connect_timeout = config.connect_timeout, .tick = tick});
  }
  return std::make_unique<sqlite::SqliteScriptSession>(sqlite_path(config.url), config.lock_timeout, tick);
}

}  // namespace dbrollback::database
