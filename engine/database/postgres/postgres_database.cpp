#include "engine/database/postgres/postgres_database.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/advice.hpp"
#include "engine/database/postgres/connect_beside.hpp"
#include "engine/database/postgres/kept_databases.hpp"
#include "engine/database/postgres/load_data.hpp"
#include "engine/database/postgres/needed_rights.hpp"
#include "engine/database/postgres/new_database.hpp"
#include "engine/database/postgres/obstacles.hpp"
#include "engine/database/postgres/overwrite_tables.hpp"
#include "engine/database/postgres/postgres_view.hpp"
#include "engine/database/postgres/rename_databases.hpp"
#include "engine/database/postgres/restore_in_place.hpp"
#include "engine/database/postgres/written_since.hpp"

namespace dbrollback::database::postgres {

namespace {

Parameters admin_of(const DatabaseConfig& config, const Parameters& parameters) {
  if (!config.admin_url_problem.empty()) {
    base::fail_usage("config", config.admin_url_problem, config.name);
  }
  return config.admin_url.empty() ? parameters : Parameters::parse(config.admin_url);
}

}  // namespace

PostgresDatabase::PostgresDatabase(const DatabaseConfig& config)
    : config_(config), parameters_(Parameters::parse(config.url)), admin_(admin_of(config, parameters_)) {}

PostgresDatabase::PostgresDatabase(const DatabaseConfig& config, const Parameters& parameters)
    : config_(config), parameters_(parameters), admin_(parameters) {}

std::unique_ptr<RowView> PostgresDatabase::open_rows(const ViewOptions& options) {
  return std::make_unique<PostgresView>(
      parameters_, ConnectionOptions{.lock_timeout = options.lock_timeout, .tick = options.tick},
      CopyOptions{
          .jobs = config_.jobs, .yield_after = config_.yield_after, .max_rate = config_.max_rate, .tick = options.tick},
      options.with_schema ? std::optional(places()) : std::nullopt,
      TableChoice(options.tables, options.exclude_tables));
}

std::string PostgresDatabase::identity() {
  constexpr const char* sql = "SELECT system_identifier FROM pg_control_system()";
  const auto cluster = exists() ? Connection(parameters_, connection_options()).value(sql) : beside()->value(sql);
  return base::cat("postgresql:", cluster.value_or(""), "/", name());
}

bool PostgresDatabase::exists() {
  try {
    const Connection session(parameters_, connection_options());
    return true;
  } catch (const Error&) {
    if (!is_known_absent()) {
      throw;
    }
    return false;
  }
}

std::vector<Obstacle> PostgresDatabase::obstacles() {
  Connection live(admin_.with("dbname", name()), connection_options());
  return find_obstacles(live);
}

std::vector<Advice> PostgresDatabase::advice() {
  Connection live(parameters_, connection_options());
  return advise(live, places());
}

WrittenSince PostgresDatabase::written_since(const PostgresFacts& snapshot, const std::vector<TableFacts>& tables) {
  Connection live(parameters_, connection_options());
  return postgres::written_since(live, snapshot, tables);
}

std::vector<KeptDatabase> PostgresDatabase::kept() { return list_kept(*beside(), name()); }

WrittenSince PostgresDatabase::written_since_swap(const std::string& kept) {
  Connection live(parameters_, connection_options());
  return postgres::written_since_swap(live, kept);
}

void PostgresDatabase::drop_kept(const std::string& kept) { postgres::drop_kept(*beside(), name(), kept); }

std::vector<std::string> PostgresDatabase::drop_interrupted() { return postgres::drop_interrupted(*beside(), name()); }

std::unique_ptr<NewDatabase> PostgresDatabase::make(const PostgresDatabaseFacts& facts, const BuildOptions& options) {
  return std::make_unique<BesideLive>(admin_, places(), name(), facts, options);
}

TablesOverwritten PostgresDatabase::overwrite_tables(const StoredDatabase& stored,
                                                     const std::vector<std::string>& tables,
                                                     const TablesOptions& options) {
  Connection live(parameters_, {.lock_timeout = options.lock_timeout, .tick = options.tick});
  return postgres::overwrite_tables(live, stored, tables, options);
}

void PostgresDatabase::restore_in_place(const StoredDatabase& stored, const InPlaceOptions& options) {
  Connection live(parameters_, {.lock_timeout = options.lock_timeout, .tick = options.tick});
  postgres::restore_in_place(live, find_client_programs(live.server_version(), places()), stored, options);
}

std::vector<std::string> PostgresDatabase::missing_rights(const std::vector<std::string>& tables) {
  Connection live(parameters_, connection_options());
  return postgres::missing_rights(live, tables);
}

std::vector<std::string> PostgresDatabase::not_loadable(const StoredFacts& stored) {
  Connection there(parameters_, connection_options());
  return postgres::not_loadable(there, stored);
}

std::vector<std::string> PostgresDatabase::load(const StoredDatabase& stored, const LoadOptions& options) {
  return load_data(parameters_, stored, options);
}

Swapped PostgresDatabase::put_back(const std::string& kept) {
  return put_in_place(admin_, name(), kept, connection_options());
}

// Where the server cannot be asked either, what the database itself was refused for says more.
bool PostgresDatabase::is_known_absent() const {
  try {
    return !beside()->value("SELECT 1 FROM pg_database WHERE datname = $1", {name()});
  } catch (const Error&) {
    return false;
  }
}

std::unique_ptr<Connection> PostgresDatabase::beside() const {
  return connect_beside(admin_, connection_options(), {name()});
}

ConnectionOptions PostgresDatabase::connection_options() const {
  return {.lock_timeout = config_.lock_timeout, .connect_timeout = config_.connect_timeout, .tick = {}};
}

}  // namespace dbrollback::database::postgres
