#include "engine/recovery/rehearse.hpp"

#include <chrono>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/migrate/script.hpp"
#include "engine/migrate/script_failures.hpp"
#include "engine/migrate/state.hpp"
#include "engine/recovery/trial_of.hpp"
#include "engine/recovery/verdicts.hpp"
#include "engine/recovery/what_comes_back.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;
using migrate::PreparedScript;
using schema::Direction;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;

// Runs a script as migrate_up does, but for the tool's table, which is not touched.
milliseconds run(database::Trial& trial, const PreparedScript& script) {
  const auto session = trial.open_session();
  const auto begin = Clock::now();
  std::string place = printable(script.file);
  try {
    if (script.in_transaction) {
      session->begin();
    }
    for (const migrate::ScriptStatement& each : script.statements) {
      place = cat(printable(script.file), ":", each.statement.line, " (", printable(each.facts.kind), ")");
      (void)session->run(each.statement);
    }
    if (script.in_transaction) {
      place = cat(printable(script.file), ", at its COMMIT");
      session->commit();
    }
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.message = cat(place, ": ", migrate::reason_of(error));
    info.object = script.file;
    throw Error(std::move(info));
  }
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

class Rehearsing {
 public:
  Rehearsing(repository::Store& store, const DatabaseConfig& database, Observer& observer)
      : store_(store),
        database_(database),
        observer_(observer),
        tick_(repository::view_options(database, observer).tick),
        project_(migrate::load_project(database)),
        dialect_(migrate::dialect_of(database)) {}

  RehearsalReport of(const std::string& snapshot, const std::string& to) {
    RehearsalReport report{.database = database_.name, .snapshot = snapshot, .migrations = {}};
    auto trial = trial_of_snapshot(store_, snapshot, database_, observer_);
    const auto state = migrate::read_state(*trial->open_session(), project_, false);
    const auto pending = migrate::to_apply(project_, state, to);
    for (const schema::Migration* migration : pending) {
      observer_.progress({.phase = cat("rehearsing ", printable(migration->name)),
                          .done = report.migrations.size(),
                          .total = pending.size(),
                          .unit = "migrations"});
      report.migrations.push_back(rehearse_one(*trial, *migration));
      keep_verdict(store_, scripts_hash(*migration), report.migrations.back(), database_.name, snapshot);
    }
    return report;
  }

 private:
  Rehearsal rehearse_one(database::Trial& trial, const schema::Migration& migration) {
    Rehearsal out;
    out.version = migration.version;
    out.name = migration.name;
    const PreparedScript up = migrate::prepare(project_, dialect_, migration, Direction::up);
    if (!migration.down) {
      out.verdict = Rehearsal::Verdict::no_way_back;
      out.problem = "it has no down script";
      out.up = run_up(trial, up);
      return out;
    }
    const auto other = trial.copy();
    out.up = run_up(*other, up);
    if (run_down(*other, migrate::prepare(project_, dialect_, migration, Direction::down), out)) {
      out.losses = what_is_lost(trial, *other, tick_);
      out.verdict = out.losses.empty() ? Rehearsal::Verdict::lossless : Rehearsal::Verdict::lossy;
    }
    (void)run_up(trial, up);  // those after it count on it
    return out;
  }

  static bool run_down(database::Trial& trial, const PreparedScript& script, Rehearsal& out) {
    try {
      out.down = run(trial, script);
      return true;
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      out.verdict = Rehearsal::Verdict::no_way_back;
      out.problem = error.what();
      return false;
    }
  }

  static milliseconds run_up(database::Trial& trial, const PreparedScript& script) {
    try {
      return run(trial, script);
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      ErrorInfo info = error.info();
      info.code = "rehearsal_failed";
      info.exit = Exit::failed;
      info.message = cat("up of ", printable(script.migration->name), " fails in the rehearsal: ", error.what());
      info.state = "the live database was not touched";
      info.next = "mend the script";
      throw Error(std::move(info));
    }
  }

  repository::Store& store_;
  const DatabaseConfig& database_;
  Observer& observer_;
  database::Tick tick_;
  migrate::LoadedProject project_;
  schema::Dialect dialect_;
};

}  // namespace

RehearsalReport rehearse(repository::Store& store, const DatabaseConfig& database, const std::string& snapshot,
                         const std::string& to, Observer& observer) {
  return Rehearsing(store, database, observer).of(snapshot, to);
}

}  // namespace dbrollback::recovery
