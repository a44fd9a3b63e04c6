#include "engine/database/postgres/sessions.hpp"

#include <thread>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/waiters.hpp"

namespace dbrollback::database::postgres {

namespace {

// What we have locked already is only waited for behind somebody who waits for us.
constexpr std::chrono::milliseconds useless_wait{200};
constexpr std::chrono::milliseconds pause{100};

}  // namespace

Sessions::Sessions(const Parameters& parameters, const ConnectionOptions& options, unsigned jobs,
                   const ClientPlaces& places) {
  const auto deadline = std::chrono::steady_clock::now() + options.lock_timeout;
  while (!try_to_begin(parameters, options, jobs, places)) {
    copying_.clear();
    snapshot_.reset();
    if (std::chrono::steady_clock::now() > deadline) {
      base::fail({.code = "somebody_waits",
                  .exit = Exit::busy,
                  .message = base::cat("gave up reading ", base::printable(parameters.shown()),
                                       ": other sessions lock its tables again and again, and would wait for this one"),
                  .object = parameters.shown(),
                  .state = "those sessions go on; nothing was published or changed",
                  .next = "run it in a quieter moment, or allow a longer --lock-timeout"});
    }
    std::this_thread::sleep_for(pause);
    if (options.tick) {
      options.tick();
    }
  }
}

bool Sessions::try_to_begin(const Parameters& parameters, const ConnectionOptions& options, unsigned jobs,
                            const ClientPlaces& places) {
  std::vector<std::unique_ptr<Connection>> sessions;
  for (unsigned i = 0; i < jobs; ++i) {
    sessions.push_back(std::make_unique<Connection>(parameters, options));
  }
  snapshot_ = std::make_unique<ExportedSnapshot>(parameters, options);
  for (const auto& session : sessions) {
    if (!snapshot_->join(*session)) {
      return false;
    }
  }
  copying_ = std::move(sessions);
  return dump(options, places);
}

bool Sessions::dump(const ConnectionOptions& options, const ClientPlaces& places) {
  Connection& connection = snapshot_->connection();
  const ClientPrograms programs = find_client_programs(connection.server_version(), places);
  archive_.clear();
  try {
    dump_schema(programs, connection.parameters(), snapshot_->name(),
                {.lock_timeout = useless_wait, .tick = options.tick},
                [this](base::ByteView bytes) { base::put(archive_, bytes); });
    return true;
  } catch (const Error& error) {
    if (error.code() != "pg_dump_failed" || !Waiters(connection, {}).anybody()) {
      throw;
    }
    return false;
  }
}

}  // namespace dbrollback::database::postgres
