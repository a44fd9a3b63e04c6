#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/postgres_database.hpp"
#include "engine/database/postgres/scratch_server.hpp"
#include "engine/database/postgres/stub_roles.hpp"

namespace dbrollback::database {

using postgres::Parameters;

namespace {

// On somebody's server a proof has a name that nothing else has.
Parameters configured(const DatabaseConfig& config) {
  if (!config.scratch_url_problem.empty()) {
    base::fail_usage("config", config.scratch_url_problem, config.name);
  }
  return Parameters::parse(config.scratch_url).with("dbname", base::cat("dbrollback_proof_", base::random_hex(8)));
}

}  // namespace

ScratchPlace open_scratch(const DatabaseConfig& config, const PostgresFacts& facts, const std::string& server_version,
                          const std::filesystem::path& folder, const Tick& tick) {
  ScratchPlace out;
  if (!config.scratch_url.empty() || !config.scratch_url_problem.empty()) {
    out.database = std::make_unique<postgres::PostgresDatabase>(config, configured(config));
    return out;
  }
  const int version = postgres::parse_version(server_version).value_or(0);
  const auto server = std::make_shared<postgres::ScratchServer>(
      postgres::ScratchOptions{.programs = postgres::find_server_programs(version, {.configured = config.pg_bin}),
                               .parent = folder,
                               .account = config.scratch_user,
                               .tick = tick});
  postgres::Connection session(server->parameters(), {.lock_timeout = config.lock_timeout, .tick = tick});
  (void)postgres::make_stub_roles(session, facts.properties);
  out.database =
      std::make_unique<postgres::PostgresDatabase>(config, server->parameters().with("dbname", facts.database));
  out.server = server;
  return out;
}

}  // namespace dbrollback::database
