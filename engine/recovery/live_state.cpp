#include "engine/recovery/live_state.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/migrate/other_tool.hpp"
#include "engine/migrate/run.hpp"
#include "engine/migrate/unfinished.hpp"
#include "engine/repository/take.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/open.hpp"
#include "engine/snapshot/stored_schema.hpp"
#include "schema/bookkeeping.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

void read_migrations(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                     LiveState& out, Observer& observer) {
  if (!database.migrate.up.empty()) {
    const MigrateStatus status = migrate::command_status(database, observer);
    out.format = status.format;
    out.version = status.version;
    return;
  }
  if (const auto left = migrate::UnfinishedRecord(store, identity).read()) {
    out.half_way = true;
    out.problem = migrate::describe(left->what, Exit::refused).message;
  }
  if (database.migrations.empty()) {
    return;
  }
  const MigrateStatus status = migrate::status(store, database, identity, observer);
  out.format = status.format;
  out.version = status.version;
  out.pending = status.pending();
  out.half_way = status.unfinished.has_value();  // one that was mended since is none
  for (const MigrationStatus& each : status.migrations) {
    if (!out.half_way && each.state == MigrationStatus::State::failed) {
      out.half_way = true;
      out.problem = cat(printable(each.name), " failed half way, says the table of ", status.format);
    }
  }
}

}  // namespace

LiveState read_live(repository::Store& store, const DatabaseConfig& database, Observer& observer) {
  LiveState out;
  const auto target = database::open_database(database);
  out.location = target->location();
  {
    const auto view = target->open_view(repository::view_options(database, observer), observer);
    out.schema = schema::without_bookkeeping(view->describe().schema, database.migrations_table);
  }
  out.fingerprint = snapshot::schema_fingerprint(out.schema);
  try {
    read_migrations(store, database, target->identity(), out, observer);
  } catch (const Error& error) {
    if (error.exit() != Exit::usage) {
      throw;
    }
    out.migrations_problem = error.info();
  }
  return out;
}

std::string fingerprint_of(const schema::Schema& schema, const DatabaseConfig& database) {
  return snapshot::schema_fingerprint(schema::without_bookkeeping(schema, database.migrations_table));
}

schema::Schema schema_of_snapshot(repository::Store& store, const std::string& id, const DatabaseConfig& database,
                                  Observer& observer) {
  SnapshotDetails manifest = snapshot::read_manifest(store.objects(), id);
  if (manifest.postgres) {
    return schema::without_bookkeeping(snapshot::read_schema(store.objects(), manifest), database.migrations_table);
  }
  snapshot::OpenSnapshot source(store.objects(), std::move(manifest), repository::view_options(database, observer));
  return schema::without_bookkeeping(source.view().describe().schema, database.migrations_table);
}

namespace {

std::unique_ptr<database::View> view_of(const DatabaseConfig& database, Observer& observer) {
  return database::open_database(database)->open_view(repository::view_options(database, observer), observer);
}

}  // namespace

std::vector<Check> runnable_checks(const DatabaseConfig& database, Observer& observer) {
  std::vector<Check> out;
  for (const Check& check : database.checks) {
    try {
      (void)view_of(database, observer)->value_of(check.sql);  // a view of its own: one that failed may be of no use
      out.push_back(check);
    } catch (const Error& error) {
      if (error.exit() != Exit::usage) {
        throw;
      }
      observer.warning(
          cat("the integrity query `", printable(check.name), "` is left out of this step: ", error.what()));
    }
  }
  return out;
}

std::vector<CheckResult> check_live(const DatabaseConfig& database, const std::vector<CheckResult>& before,
                                    Observer& observer) {
  if (database.checks.empty()) {
    return {};
  }
  std::vector<CheckResult> out = snapshot::run_checks(*view_of(database, observer), database.checks);
  for (CheckResult& check : out) {
    const auto then = std::ranges::find(before, check.name, &CheckResult::name);
    if (!check.expect && then != before.end()) {
      check.ok = check.value == then->value;
    }
  }
  return out;
}

}  // namespace dbrollback::recovery
