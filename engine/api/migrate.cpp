#include "dbrollback/migrate.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/migrate/other_tool.hpp"
#include "engine/migrate/run.hpp"
#include "engine/recovery/plan_migrations.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/recovery/rehearse.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback {

namespace {

bool is_by_command(const DatabaseConfig& database) { return !database.migrate.up.empty(); }

void refuse_command(const DatabaseConfig& database, const std::string& what) {
  if (is_by_command(database)) {
    base::fail_usage("by_command",
                     base::cat("migrations of ", base::printable(database.name), " are run by ",
                               base::printable(database.migrate.up.front()), ", which alone can ", what),
                     database.name, "use that tool");
  }
}

template <class Run>
MigrateResult recorded(Repository& repository, const DatabaseConfig& database, const std::string& command,
                       Observer& observer, const Run& run) {
  repository::Store& store = repository.store();
  store.require_writable();
  const std::string identity = database::open_database(database)->identity();
  recovery::warn_of_unfinished(store, identity, observer);
  repository::RunRecord record{.command = command, .database = database.name, .facts = {}};
  MigrateResult result;
  repository::recorded(store, record, observer, [&] {
    result = run(store, identity);
    record.facts.emplace_back("from", result.from);
    record.facts.emplace_back("to", result.to);
    for (const MigrateStep& step : result.steps) {
      record.facts.emplace_back("migration", step.name);
    }
  });
  return result;
}

MigrateResult run(Repository& repository, const DatabaseConfig& database, const MigrateOptions& options, bool up,
                  Observer& observer) {
  return recorded(repository, database, up ? "migrate-up" : "migrate-down", observer,
                  [&](repository::Store& store, const std::string& identity) {
                    if (is_by_command(database)) {
                      return migrate::run_command(store, database, identity, up, options, nullptr, observer);
                    }
                    return up ? migrate::up(store, database, identity, options, observer)
                              : migrate::down(store, database, identity, options, observer);
                  });
}

}  // namespace

std::size_t MigrateStatus::pending() const {
  return static_cast<std::size_t>(
      std::ranges::count(migrations, MigrationStatus::State::pending, &MigrationStatus::state));
}

MigrateStatus migrate_status(Repository& repository, const DatabaseConfig& database, Observer& observer) {
  const auto target = database::open_database(database);
  MigrateStatus out = is_by_command(database)
                          ? migrate::command_status(database, observer)
                          : migrate::status(repository.store(), database, target->identity(), observer);
  out.location = target->location();
  return out;
}

MigrateResult migrate_up(Repository& repository, const DatabaseConfig& database, const MigrateOptions& options,
                         Observer& observer) {
  return run(repository, database, options, true, observer);
}

MigrateResult migrate_down(Repository& repository, const DatabaseConfig& database, const MigrateOptions& options,
                           Observer& observer) {
  if (options.to.empty()) {
    base::fail_usage("missing_argument", "down needs to be told which migration stays as the last one", database.name,
                     "give --to VERSION; `dbrollback migrate status` lists them");
  }
  return run(repository, database, options, false, observer);
}

MigrationPlan plan_migrations(const DatabaseConfig& database, const MigrateOptions& options, bool up,
                              Observer& observer) {
  refuse_command(database, "say what it would do");
  return recovery::plan_migrations(database, options, up, observer);
}

bool RehearsalReport::all_lossless() const {
  return std::ranges::all_of(migrations,
                             [](const Rehearsal& each) { return each.verdict == Rehearsal::Verdict::lossless; });
}

RehearsalReport rehearse_migrations(Repository& repository, const DatabaseConfig& database, const std::string& snapshot,
                                    const std::string& to, Observer& observer) {
  refuse_command(database, "rehearse them");
  repository::Store& store = repository.store();
  store.require_writable();
  const auto shared = store.share(database.lock_timeout);
  repository::RunRecord record{.command = "migrate-rehearse", .database = database.name, .facts = {}};
  RehearsalReport report;
  repository::recorded(store, record, observer, [&] {
    report = recovery::rehearse(store, database, snapshot, to, observer);
    record.facts.emplace_back("snapshot", snapshot);
    record.facts.emplace_back("lossless", report.all_lossless() ? "yes" : "no");
  });
  return report;
}

MigrateResult migrate_resume(Repository& repository, const DatabaseConfig& database, Resume how, Observer& observer) {
  refuse_command(database, "go on with what it left half way");
  return recorded(repository, database, "migrate-resume", observer,
                  [&](repository::Store& store, const std::string& identity) {
                    return migrate::resume(store, database, identity, how, observer);
                  });
}

void migrate_resolve(Repository& repository, const DatabaseConfig& database, const std::string& version, bool applied,
                     Observer& observer) {
  refuse_command(database, "say what is applied");
  (void)recorded(repository, database, "migrate-resolve", observer,
                 [&](repository::Store& store, const std::string& identity) {
                   migrate::resolve(store, database, identity, version, applied, observer);
                   return MigrateResult{.database = database.name,
                                        .format = {},
                                        .from = {},
                                        .to = version,
                                        .steps = {},
                                        .warnings = {},
                                        .output = {},
                                        .duration = {}};
                 });
}

}  // namespace dbrollback
