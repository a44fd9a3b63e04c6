#include "engine/database/postgres/sessions.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/schema_marks.hpp"
#include "engine/database/postgres/waiters.hpp"

namespace dbrollback::database::postgres {

namespace {

// What we have locked already is only waited for behind somebody who waits for us.
constexpr std::chrono::milliseconds useless_wait{200};
constexpr std::chrono::milliseconds pause{100};

}  // namespace

Sessions::Sessions(const Parameters& parameters, const ConnectionOptions& options, unsigned jobs,
                   std::chrono::milliseconds yield_after, const std::optional<ClientPlaces>& places,
                   const TableChoice& choice)
    : yield_after_(yield_after) {
  for (unsigned i = 0; i < jobs; ++i) {
    copying_.push_back(std::make_unique<Connection>(parameters, options));
  }
  std::optional<ClientPrograms> programs;
  if (places) {
    programs = find_client_programs(copying_.front()->server_version(), *places);
  }
  const auto deadline = std::chrono::steady_clock::now() + options.lock_timeout;
  while (!try_to_begin(parameters, options, programs, choice)) {
    snapshot_.reset();
    for (const auto& session : copying_) {
      (void)session->execute("ROLLBACK");
    }
    if (std::chrono::steady_clock::now() > deadline) {
      base::fail({.code = "somebody_waits",
                  .exit = Exit::busy,
                  .message = base::cat("gave up reading ", base::printable(parameters.shown()),
                                       ": other sessions lock its tables or change its schema again and again"),
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

std::vector<int> Sessions::pids() const {
  std::vector<int> pids;
  for (const auto& session : copying_) {
    pids.push_back(session->backend_pid());
  }
  return pids;
}

bool Sessions::try_to_begin(const Parameters& parameters, const ConnectionOptions& options,
                            const std::optional<ClientPrograms>& programs, const TableChoice& choice) {
  snapshot_ = std::make_unique<ExportedSnapshot>(parameters, options, choice);
  if (!std::ranges::all_of(copying_, [this](const auto& session) { return snapshot_->join(*session); })) {
    return false;
  }
  try {
    return try_to_describe(options, programs);
  } catch (const Error& error) {
    if (!may_be_chance(error)) {
      throw;
    }
    return false;
  }
}

// pg_dump reads the catalogs for as long as we do: both at once.
bool Sessions::try_to_describe(const ConnectionOptions& options, const std::optional<ClientPrograms>& programs) {
  std::vector<std::string> marks;
  if (!programs) {
    read_description(marks);
    return true;
  }
  base::WatchedThreads threads;
  const auto stop = [&threads] { threads.stop_if_failed(); };
  Waiters waiters(*copying_.front(), yield_after_);
  std::vector<int> pids = this->pids();
  pids.push_back(snapshot_->connection().backend_pid());
  snapshot_->connection().set_tick(stop);
  const auto work = [&](unsigned number) { number == 0 ? dump(*programs, stop) : read_description(marks); };
  threads.run(2, work, [&] {
    if (options.tick) {
      options.tick();
    }
    waiters.require_patient(pids);
  });
  snapshot_->connection().set_tick(options.tick);
  Connection now(snapshot_->connection().parameters(), options);
  return std::ranges::includes(schema_marks(now), marks);
}

void Sessions::read_description(std::vector<std::string>& marks) {
  Connection& connection = snapshot_->connection();
  (void)connection.execute("SAVEPOINT description");
  tables_.clear();
  description_ = describe(connection, snapshot_->relations(), snapshot_->choice(), tables_);
  marks = schema_marks(connection);
  (void)connection.execute("ROLLBACK TO SAVEPOINT description");  // lets go of the locks on views
}

void Sessions::dump(const ClientPrograms& programs, const std::function<void()>& tick) {
  archive_.clear();
  dump_schema(programs, snapshot_->connection().parameters(), snapshot_->name(),
              {.lock_timeout = useless_wait, .tick = tick},
              [this](base::ByteView bytes) { base::put(archive_, bytes); });
}

// What somebody else caused is not met twice in the same words: pg_dump met his lock, or something that he had dropped.
bool Sessions::may_be_chance(const Error& error) {
  if (error.code() == "pg_dump_failed" && Waiters(*copying_.front(), {}).anybody()) {
    return true;
  }
  const bool may_be = error.code() == "pg_dump_failed" || error.code() == "database_failed" || error.code() == "gone";
  return may_be && std::exchange(last_failure_, error.what()) != error.what();
}

}  // namespace dbrollback::database::postgres
