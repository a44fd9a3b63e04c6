#include "engine/recovery/plan_migrations.hpp"

#include <algorithm>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/migrate/effects.hpp"
#include "engine/migrate/state.hpp"
#include "engine/recovery/trial_of.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::recovery {

using base::cat;
using migrate::PreparedScript;

namespace {

// The first statement that fails: "2_add_email.sql:3"; empty: none does.
std::string failing(const PlannedMigration& migration) {
  const auto at =
      std::ranges::find_if(migration.statements, [](const PlannedStatement& each) { return !each.problem.empty(); });
  return at == migration.statements.end() ? "" : cat(base::printable(migration.file), ":", at->line);
}

// What comes after a script that fails counts on what it would have done.
void try_scripts(const DatabaseConfig& database, const std::vector<PreparedScript>& scripts, MigrationPlan& plan,
                 Observer& observer) {
  const auto trial = trial_of_schema(database, observer);
  migrate::EffectsOnServer effects([&] { return trial->open_session(); });
  for (std::size_t i = 0; i < scripts.size() && plan.not_tried.empty(); ++i) {
    observer.progress({.phase = "trying the scripts on a copy of the schema",
                       .done = i,
                       .total = scripts.size(),
                       .unit = "migrations"});
    plan.migrations[i].statements = effects.of(scripts[i]);
    if (const std::string place = failing(plan.migrations[i]); !place.empty()) {
      plan.not_tried =
          cat(place, " fails on a copy of the schema, which has no rows; what comes after it was not tried");
    }
  }
}

// The server's estimate; of a small table that nobody has analyzed yet the number itself.
std::uint64_t rows_of(database::ScriptSession& session, const database::TableSize& size) {
  constexpr std::uint64_t small = 64ULL << 20U;
  if (size.rows > 0 || size.bytes == 0 || size.bytes > small) {
    return size.rows;
  }
  const auto rows = session.rows(cat("SELECT count(*) FROM ", size.sql_name));
  return std::stoull(rows.at(0).at(0).value_or("0"));
}

// A lock has the table's name as SQL has it; what a statement writes to has the one that stands there, without quotes.
void add_sizes(database::ScriptSession& session, MigrationPlan& plan) {
  std::set<std::string> in_sql;
  std::set<std::string> written;
  for (const PlannedMigration& migration : plan.migrations) {
    for (const PlannedStatement& statement : migration.statements) {
      for (const auto& lock : statement.locks) {
        in_sql.insert(lock.object);
      }
      in_sql.insert(statement.rewrites.begin(), statement.rewrites.end());
      written.insert(statement.writes.begin(), statement.writes.end());
    }
  }
  for (const database::TableSize& size : session.table_sizes()) {
    const std::size_t point = size.name.find('.');
    if (in_sql.contains(size.sql_name) || written.contains(size.name) ||
        (point != std::string::npos && written.contains(size.name.substr(point + 1)))) {
      plan.tables.push_back({.name = size.name, .rows = rows_of(session, size), .bytes = size.bytes});
    }
  }
}

}  // namespace

MigrationPlan plan_migrations(const DatabaseConfig& database, const MigrateOptions& options, bool up,
                              Observer& observer) {
  const migrate::LoadedProject project = migrate::load_project(database);
  const auto session = database::open_script_session(database, repository::view_options(database, observer).tick);
  const migrate::MigrationState state = migrate::read_state(*session, project, false);
  MigrationPlan plan{.database = database.name,
                     .format = std::string(project.format->name),
                     .up = up,
                     .from = migrate::current_version(project, state),
                     .migrations = {},
                     .tables = {},
                     .not_tried = {}};
  std::vector<PreparedScript> scripts;
  for (const schema::Migration* migration :
       up ? migrate::to_apply(project, state, options.to) : migrate::to_revert(project, state, options.to)) {
    scripts.push_back(migrate::prepare(project, session->dialect(), *migration,
                                       up ? schema::Direction::up : schema::Direction::down));
    const PreparedScript& script = scripts.back();
    PlannedMigration& planned = plan.migrations.emplace_back();
    planned.version = migration->version;
    planned.name = migration->name;
    planned.file = script.file;
    planned.has_down = migration->down.has_value();
    planned.in_transaction = script.in_transaction;
    planned.why_none = script.why_none;
    for (const migrate::ScriptStatement& statement : script.statements) {
      planned.statements.push_back(migrate::described(statement));
    }
  }
  if (session->dialect() == schema::Dialect::postgres && !scripts.empty()) {
    try {
      try_scripts(database, scripts, plan, observer);
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      plan.not_tried = cat("there is no copy of the schema to try the scripts on: ", error.what());
    }
  }
  add_sizes(*session, plan);
  return plan;
}

}  // namespace dbrollback::recovery
