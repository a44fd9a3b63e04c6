#include "dbrollback/status.hpp"

#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/deploy.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/release/releases.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback {

namespace {

bool is_locked(repository::Store& store, const std::string& identity, const std::string& name) {
  try {
    (void)store.lock_release(identity, name);
    return false;
  } catch (const Error& error) {
    return error.exit() == Exit::busy;
  }
}

void read_database(repository::Store& store, const DatabaseConfig& database, DatabaseStatus& out, Observer& observer) {
  const recovery::LiveState live = recovery::read_live(store, database, observer);
  out.location = live.location;
  out.fingerprint = live.fingerprint;
  out.format = live.format;
  out.version = live.version;
  out.pending = live.pending;
  out.migrations_problem = live.migrations_problem ? live.migrations_problem->message : "";
  out.half_way = live.half_way ? live.problem : "";
}

}  // namespace

DatabaseStatus database_status(Repository& repository, const DatabaseConfig& database, Observer& observer) {
  repository::Store& store = repository.store();
  DatabaseStatus out;
  out.database = database.name;
  try {
    const std::string identity = database::open_database(database)->identity();
    out.unfinished = repository::Journal(store, identity).read();
    out.is_under_way = out.unfinished && is_locked(store, identity, database.name);
    if (out.unfinished && !out.is_under_way && out.unfinished->command != "deploy" &&
        out.unfinished->command != "rollback") {
      out.unfinished.reset();  // a confirmation that died left nothing half way
    }
    read_database(store, database, out, observer);
  } catch (const Error& error) {
    if (error.code() == "interrupted") {
      throw;
    }
    out.problem = error.what();
  }
  const auto releases = release::read_all(store, database.name);
  if (const Release* current = current_release(releases)) {
    out.release = *current;
    const recovery::Awaited awaited = recovery::awaited_of(store, *current);
    out.is_between_hooks = awaited == recovery::Awaited::somebody_else;
    out.can_be_confirmed = awaited != recovery::Awaited::nothing;
    const std::string& after = current->database.fingerprint_after;
    out.is_as_released = after.empty() || out.fingerprint.empty() || after == out.fingerprint;
  }
  return out;
}

}  // namespace dbrollback
