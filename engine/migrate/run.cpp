#include "engine/migrate/run.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/migrate/own_lock.hpp"
#include "engine/migrate/run_script.hpp"
#include "engine/migrate/state.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;
using schema::Direction;

namespace {

using Clock = std::chrono::steady_clock;

schema::Who who() {
  const struct passwd* entry = ::getpwuid(::getuid());
  const std::string user = entry != nullptr ? entry->pw_name : std::to_string(::getuid());
  const std::string about = entry != nullptr ? entry->pw_gecos : "";
  const std::string full = about.substr(0, about.find(','));
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  constexpr std::size_t to_microseconds = 26;  // of "2026-11-20T23:30:15.123456789Z"
  return {.name = full.empty() ? user : full,
          .email = cat(user, "@", std::string_view(host.data())),
          .now = cat(base::to_iso(base::now()).substr(0, to_microseconds), "Z")};
}

std::vector<std::int64_t> lock_keys(const LoadedProject& project, const database::ScriptSession& session,
                                    const schema::Place& place) {
  std::vector<std::int64_t> keys{own_lock};
  if (project.format->locks != nullptr) {
    // The place has its names as SQL quotes them.
    std::string schema = place.schema;
    if (schema.size() >= 2 && schema.front() == '"') {
      schema = schema.substr(1, schema.size() - 2);
    }
    for (const std::int64_t key : project.format->locks(session.database(), schema, project.table)) {
      keys.push_back(key);
    }
  }
  return keys;
}

// Whichever migration the tool's table calls failed while ours is unfinished, it means ours: golang-migrate names the
// version that a down goes to.
bool is_stale(const Unfinished& unfinished, const MigrationState& state) {
  return state.has(unfinished.what.version) == unfinished.what.up &&
         std::ranges::none_of(state.applied, &schema::Applied::failed);
}

bool has_file(const LoadedProject& project, const std::string& version) {
  const auto& all = project.project->migrations();
  return std::ranges::find(all, version, &schema::Migration::version) != all.end();
}

// The same, told of the migration that is unfinished.
MigrationState with_unfinished(MigrationState state, const LoadedProject& project, const std::string& unfinished) {
  bool has_failed = false;
  for (schema::Applied& each : state.applied) {
    has_failed = has_failed || each.failed;
    each.failed = each.failed && (each.version == unfinished || !has_file(project, each.version));
  }
  std::erase_if(state.applied, [](const schema::Applied& each) { return each.failed; });
  if (has_failed) {
    state.applied.push_back({.version = unfinished, .failed = true, .checksum = {}});
  }
  return state;
}

// A run that has the database to itself.
class Runner {
 public:
  Runner(repository::Store& store, const DatabaseConfig& database, const std::string& identity, Observer& observer)
      : database_(database),
        observer_(observer),
        record_(store, identity),
        alone_(store.lock_database(identity, database.name)),
        project_(load_project(database)),
        session_(database::open_script_session(database, repository::view_options(database, observer).tick)) {
    const auto found = session_->find(*project_.format, project_.table, true);
    session_->lock(lock_keys(project_, *session_, found.place), database.lock_timeout);
    const auto running = session_->left_running();
    if (!running.empty()) {
      base::fail({.code = "still_running",
                  .exit = Exit::busy,
                  .message = cat("an earlier run has ended, and the server still executes a statement of it: ",
                                 running.front()),
                  .object = database.name,
                  .state = "nothing was changed by this run",
                  .next = "wait until it is done, then `dbrollback migrate status`"});
    }
    state_ = read_state(*session_, project_, true);
    began_ = Clock::now();
    result_.database = database.name;
    result_.format = project_.format->name;
    result_.from = result_.to = current_version(project_, state_);
  }

  [[nodiscard]] const LoadedProject& project() const { return project_; }
  [[nodiscard]] const MigrationState& state() const { return state_; }
  [[nodiscard]] const UnfinishedRecord& record() const { return record_; }
  [[nodiscard]] database::ScriptSession& session() { return *session_; }

  // What an earlier run left, unless somebody has mended it already.
  std::optional<Unfinished> unfinished() {
    auto left = record_.read();
    if (left && is_stale(*left, state_)) {
      record_.remove();
      return std::nullopt;
    }
    return left;
  }

  void require_finished() {
    if (const auto left = unfinished()) {
      ErrorInfo info = describe(left->what, Exit::refused);
      info.message = cat("an earlier run is unfinished: ", info.message);
      throw Error(std::move(info));
    }
    for (const schema::Applied& each : state_.applied) {
      if (each.failed) {
        base::fail(
            {.code = "dirty",
             .exit = Exit::refused,
             .message = cat(printable(each.version), " failed half way, says the table of ", project_.format->name),
             .object = each.version,
             .state = "how much of it is in effect is not known; nothing was changed by this run",
             .next = cat("look at the database, mend it, then `dbrollback migrate resolve ", each.version,
                         " --applied`, or --reverted")});
      }
    }
  }

  MigrateResult run(const std::vector<const schema::Migration*>& migrations, Direction direction, unsigned attempts) {
    std::vector<PreparedScript> scripts;
    scripts.reserve(migrations.size());
    for (const schema::Migration* migration : migrations) {
      scripts.push_back(prepare(project_, session_->dialect(), *migration, direction));
    }
    if (!scripts.empty()) {
      make_table();
    }
    const auto before = traces();
    for (const PreparedScript& script : scripts) {
      run_next([&] { return run_script(context(attempts), script); });
      if (direction == Direction::down && script.statements.empty()) {
        result_.warnings.push_back(cat("the down of ", printable(script.migration->name),
                                       " is empty: the tool's table says that it is reverted, and nothing was run"));
      }
    }
    add_new_traces(before);
    return finished();
  }

  MigrateResult resume(const PreparedScript& script, const Unfinished& left, bool skip) {
    run_next([&] { return resume_script(context(MigrateOptions().attempts), script, left, skip); });
    add_new_traces({});  // also those of the run that was unfinished
    return finished();
  }

  void keep(const schema::Migration& migration, Direction direction) {
    make_table();
    session_->begin();
    try {
      for (const std::string& sql :
           project_.project->record(state_.table.place, direction, migration, state_.applied, who(), true).end) {
        session_->execute(sql);
      }
      session_->commit();
    } catch (...) {
      session_->rollback();
      throw;
    }
  }

 private:
  [[nodiscard]] RunContext context(unsigned attempts) {
    return {.project = &project_,
            .session = session_.get(),
            .place = state_.table.place,
            .who = who(),
            .record = &record_,
            .lock_timeout = database_.lock_timeout,
            .attempts = attempts,
            .observer = &observer_};
  }

  void make_table() {
    // Making it may need rights that keeping it does not. A registry of several projects may lack this one.
    if (state_.table.exists && project_.format->own_schema.empty()) {
      return;
    }
    session_->begin();
    try {
      for (const std::string& sql : project_.project->create(state_.table.place, who())) {
        session_->execute(sql);
      }
      session_->commit();
    } catch (...) {
      session_->rollback();
      throw;
    }
    state_ = read_state(*session_, project_, true);
  }

  [[nodiscard]] std::set<std::string> traces() {
    std::set<std::string> out;
    if (session_->dialect() == schema::Dialect::postgres) {
      for (const database::Trace& trace : session_->traces()) {
        out.insert(cat(trace.object, " ", trace.problem, "; `", trace.mend, "`"));
      }
    }
    return out;
  }

  void add_new_traces(const std::set<std::string>& before) {
    for (const std::string& trace : traces()) {
      if (!before.contains(trace)) {
        result_.warnings.push_back(trace);
      }
    }
  }

  template <class Step>
  void run_next(const Step& step) {
    try {
      result_.steps.push_back(step());
    } catch (const Error& error) {
      if (result_.steps.empty()) {
        throw;
      }
      ErrorInfo info = error.info();
      const MigrateStep& last = result_.steps.back();
      const bool says_nothing = info.state.empty() || info.state == "nothing was changed";
      info.state = cat(says_nothing ? "" : cat(info.state, "; "), base::plural(result_.steps.size(), "migration"),
                       " before it, the last ", printable(last.name), result_.steps.size() == 1 ? ", is " : ", are ",
                       last.up ? "applied" : "reverted");
      info.exit = Exit::partial;
      throw Error(std::move(info));
    }
    session_->reset();
  }

  // Applied by a release that this folder is not of.
  void warn_of_missing() {
    for (const schema::Applied& each : state_.applied) {
      if (!has_file(project_, each.version)) {
        result_.warnings.push_back(cat(printable(each.version), " is applied, and ",
                                       printable(project_.folder.native()), " has no such migration"));
      }
    }
  }

  MigrateResult finished() {
    state_ = read_state(*session_, project_, true);
    result_.to = current_version(project_, state_);
    warn_of_missing();
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_);
    return std::move(result_);
  }

  const DatabaseConfig& database_;
  Observer& observer_;
  UnfinishedRecord record_;
  base::FileLock alone_;
  LoadedProject project_;
  std::unique_ptr<database::ScriptSession> session_;
  MigrationState state_;
  Clock::time_point began_;
  MigrateResult result_;
};

void add_warnings(const LoadedProject& project, database::ScriptSession& session, MigrateStatus& out) {
  if (session.dialect() == schema::Dialect::postgres) {
    for (const database::Trace& trace : session.traces()) {
      out.warnings.push_back(cat(trace.object, " ", trace.problem, "; to drop it: ", trace.mend));
    }
  }
  const auto late = std::ranges::count_if(out.migrations, [](const MigrationStatus& each) {
    return each.state == MigrationStatus::State::pending && !each.note.empty();
  });
  if (late > 0) {
    out.warnings.push_back(cat(base::plural(static_cast<std::uint64_t>(late), "migration"), " of ",
                               project.format->name, late == 1 ? " comes" : " come",
                               " before others that are applied already: `up` applies them all the same"));
  }
}

// Who holds the database now, for people; nobody: empty. Looks for a moment, and holds nothing.
std::vector<std::string> who_runs(repository::Store& store, const DatabaseConfig& database,
                                  const std::string& identity) {
  try {
    (void)store.lock_database(identity, database.name);
    return {};
  } catch (const Error& error) {
    return error.exit() == Exit::busy ? std::vector<std::string>{error.what()} : std::vector<std::string>();
  }
}

}  // namespace

MigrateStatus status(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                     Observer& observer) {
  const LoadedProject project = load_project(database);
  const auto session = database::open_script_session(database, repository::view_options(database, observer).tick);
  MigrationState state = read_state(*session, project, false);
  auto left = UnfinishedRecord(store, identity).read();
  if (left && is_stale(*left, state)) {
    left.reset();
  }
  if (left) {
    state = with_unfinished(std::move(state), project, left->what.version);
  }
  MigrateStatus out{.database = database.name,
                    .location = {},
                    .format = std::string(project.format->name),
                    .folder = project.folder,
                    .table = state.table.place.name(),
                    .version = current_version(project, state),
                    .migrations = statuses(project, state),
                    .unfinished = {},
                    .running = session->left_running(),
                    .warnings = {}};
  if (!project.format->own_schema.empty()) {
    out.table = cat(project.format->own_schema, ".", project.table);
  }
  if (left) {
    out.unfinished = left->what;
  }
  for (std::string& run : who_runs(store, database, identity)) {
    out.running.push_back(std::move(run));
  }
  add_warnings(project, *session, out);
  return out;
}

MigrateResult up(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                 const MigrateOptions& options, Observer& observer) {
  Runner runner(store, database, identity, observer);
  runner.require_finished();
  return runner.run(to_apply(runner.project(), runner.state(), options.to), Direction::up, options.attempts);
}

MigrateResult down(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                   const MigrateOptions& options, Observer& observer) {
  Runner runner(store, database, identity, observer);
  runner.require_finished();
  return runner.run(to_revert(runner.project(), runner.state(), options.to), Direction::down, options.attempts);
}

MigrateResult resume(repository::Store& store, const DatabaseConfig& database, const std::string& identity, Resume how,
                     Observer& observer) {
  Runner runner(store, database, identity, observer);
  const auto left = runner.unfinished();
  if (!left) {
    base::fail({.code = "nothing_to_resume",
                .exit = Exit::refused,
                .message = cat("no migration of ", printable(database.name), " is unfinished"),
                .object = database.name,
                .state = "nothing was changed",
                .next = "dbrollback migrate status"});
  }
  if (how == Resume::from_there && is_uncertain(left->what)) {
    ErrorInfo info = describe(left->what, Exit::refused);
    info.code = "uncertain";
    throw Error(std::move(info));
  }
  const schema::Migration& migration = find_migration(runner.project(), left->what.version);
  if (!left->what.up && !migration.down) {
    base::fail({.code = "no_way_back",
                .exit = Exit::refused,
                .message = cat(printable(migration.name), " has no down script any more"),
                .object = migration.version,
                .state = "nothing was changed",
                .next = cat("put it back, or `dbrollback migrate resolve ", migration.version, " --reverted`")});
  }
  PreparedScript script =
      prepare(runner.project(), runner.session().dialect(), migration, left->what.up ? Direction::up : Direction::down);
  script.in_transaction = false;  // half of it is committed
  if (left->what.done > script.statements.size() || hash_of(script, left->what.done) != left->done_hash) {
    base::fail({.code = "file_changed",
                .exit = Exit::refused,
                .message = cat(
                    left->what.done == 1 ? "the first statement" : cat("the first ", left->what.done, " statements"),
                    " of ", printable(script.file), " changed since it was run"),
                .object = script.file,
                .state = "nothing was changed by this run",
                .next = cat("put back what was there; or mend the database by hand, then `dbrollback migrate resolve ",
                            migration.version, " --applied`, or --reverted")});
  }
  return runner.resume(script, *left, how == Resume::skip);
}

void resolve(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
             const std::string& version, bool applied, Observer& observer) {
  Runner runner(store, database, identity, observer);
  const auto left = runner.record().read();
  const bool is_known_here = (left && left->what.version == version) || runner.state().has(version);
  schema::Migration without_file;
  without_file.version = without_file.name = version;
  const schema::Migration& migration =
      is_known_here && !has_file(runner.project(), version) ? without_file : find_migration(runner.project(), version);
  const auto found = std::ranges::find(runner.state().applied, migration.version, &schema::Applied::version);
  const bool is_applied = found != runner.state().applied.end();
  const bool is_left = left && left->what.version == migration.version;
  const bool is_failed =
      is_left ? std::ranges::any_of(runner.state().applied, &schema::Applied::failed) : is_applied && found->failed;
  if (is_applied != applied || is_failed) {
    runner.keep(migration, applied ? Direction::up : Direction::down);
  }
  if (is_left) {
    runner.record().remove();
  }
}

}  // namespace dbrollback::migrate
