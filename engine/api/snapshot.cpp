#include "dbrollback/snapshot.hpp"

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/run_record.hpp"
#include "engine/repository/take.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/storage/tar/tar_store.hpp"

namespace dbrollback {

namespace {

// With the tables of the configuration, where the caller chooses none.
SnapshotOptions chosen(SnapshotOptions options, const DatabaseConfig& database) {
  if (options.tables.empty() && options.exclude_tables.empty()) {
    options.tables = database.tables;
    options.exclude_tables = database.exclude_tables;
  }
  if ((!options.tables.empty() || !options.exclude_tables.empty()) &&
      database.engine != DatabaseConfig::Engine::postgres) {
    base::fail_usage("wrong_kind_of_database",
                     base::cat("tables can only be chosen of a PostgreSQL database, and ",
                               base::printable(database.name), " is none"),
                     database.name, "take a snapshot of all of it");
  }
  return options;
}

}  // namespace

SnapshotDetails take_snapshot(Repository& repository, const DatabaseConfig& database, const SnapshotOptions& options,
                              Observer& observer) {
  repository::Store& store = repository.store();
  SnapshotDetails taken;
  store.require_writable();
  const auto target = database::open_database(database);
  const SnapshotOptions what = chosen(options, database);
  for (const auto& id : store.sweep()) {
    observer.note(base::cat("removed ", id, ", which a snapshot that was cut off had left unfinished"));
  }
  const auto shared = store.share(database.lock_timeout);
  const auto alone = store.lock_database(target->identity(), target->location());
  repository::RunRecord record{.command = "snapshot", .database = database.name, .facts = {}};
  repository::recorded(store, record, observer, [&] {
    taken = repository::take(store, *target, database, what, false, observer);
    record.facts.emplace_back("snapshot", taken.summary.id);
    record.facts.emplace_back("failed_checks", std::to_string(taken.summary.failed_checks));
  });
  return taken;
}

SnapshotDetails stream_snapshot(int fd, const DatabaseConfig& database, const SnapshotOptions& options,
                                Observer& observer) {
  const auto target = database::open_database(database);
  const SnapshotOptions what = chosen(options, database);
  auto how = repository::view_options(database, observer);
  how.with_schema = true;
  how.tables = what.tables;
  how.exclude_tables = what.exclude_tables;
  const auto view = target->open_view(how, observer);
  storage::TarStore store(fd, "standard output");
  const base::Time created = base::now();
  // A stream belongs to no repository: its lineage is its own.
  const snapshot::CaptureOptions names{.id = snapshot::make_id(created, options.app_version),
                                       .lineage = base::random_hex(16),
                                       .created = created,
                                       .tolerate_damage = false,
                                       .page_key = nullptr,  // what a stream goes into has its own secret
                                       .parent = nullptr};
  try {
    SnapshotDetails taken = snapshot::capture(*view, store, database, options, names, observer);
    store.finish();
    return taken;
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.state = "what was written is no whole snapshot, and is refused when it is read; the database was not touched";
    throw Error(std::move(info));
  }
}

}  // namespace dbrollback
