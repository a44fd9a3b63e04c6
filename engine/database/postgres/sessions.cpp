#include "engine/database/postgres/sessions.hpp"

#include <algorithm>
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
                   const std::optional<ClientPlaces>& places) {
  for (unsigned i = 0; i < jobs; ++i) {
    copying_.push_back(std::make_unique<Connection>(parameters, options));
  }
  std::optional<ClientPrograms> programs;
  if (places) {
    programs = find_client_programs(copying_.front()->server_version(), *places);
  }
  const auto deadline = std::chrono::steady_clock::now() + options.lock_timeout;
  while (!try_to_begin(parameters, options, programs)) {
    for (const auto& session : copying_) {
      (void)session->execute("ROLLBACK");
    }
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

bool Sessions::try_to_begin(const Parameters& parameters, const ConnectionOptions& options,
                            const std::optional<ClientPrograms>& programs) {
  snapshot_ = std::make_unique<ExportedSnapshot>(parameters, options);
  return std::ranges::all_of(copying_, [this](const auto& session) { return snapshot_->join(*session); }) &&
         (!programs || dump(options, *programs));
}

bool Sessions::dump(const ConnectionOptions& options, const ClientPrograms& programs) {
  Connection& connection = snapshot_->connection();
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
