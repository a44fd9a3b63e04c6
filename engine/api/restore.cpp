#include "dbrollback/restore.hpp"

#include <memory>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/server.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/recovery/restore.hpp"
#include "engine/repository/run_record.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/script.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/open.hpp"

namespace dbrollback {

RestorePlan plan_restore(Repository& from, const DatabaseConfig& database, const RestoreOptions& options,
                         Observer& observer) {
  const auto shared = from.store().share(database.lock_timeout);
  return restore::plan(from.store(), database, options, observer);
}

RestoreResult execute_restore(Repository& from, Repository* before_in, const RestorePlan& plan, Observer& observer,
                              const std::function<void()>& before_change) {
  repository::Store& store = from.store();
  // There is no state before a new file: a repository that this account may only read is enough.
  repository::Store* before =
      before_in != nullptr && plan.kind != RestorePlan::Target::new_file ? &before_in->store() : nullptr;
  if (before != nullptr && plan.options.snapshot_before) {
    before->require_writable();
  }
  if (before != nullptr) {
    (void)before->sweep();
    const std::unique_ptr<database::Database> target =
        plan.is_on_server() ? database::open_database(plan.database) : database::open_file(plan.target);
    recovery::warn_of_unfinished(*before, target->identity(), observer);
  }
  RestoreResult result;
  repository::RunRecord record{.command = "restore", .database = plan.database.name, .facts = {}};
  record.facts.emplace_back("snapshot", plan.options.id);
  record.facts.emplace_back("target", plan.target);
  repository::recorded(before != nullptr ? *before : store, record, observer, [&] {
    result = recovery::restore(store, before, plan, before_change, observer);
    record.facts.emplace_back("snapshot_before", result.snapshot_before);
    record.facts.emplace_back("verification", result.verification);
    record.facts.emplace_back("kept_database", result.kept_database);
  });
  return result;
}

namespace {

// The oldest first.
std::vector<ReplacedDatabase> replaced_beside(database::ServerDatabase& database) {
  std::vector<ReplacedDatabase> out;
  for (const auto& kept : database.kept()) {
    if (kept.kind == database::KeptDatabase::Kind::replaced) {
      out.push_back({.name = kept.name, .replaced = kept.made, .bytes = kept.bytes});
    }
  }
  return out;
}

ReplacedDatabase last_beside(database::ServerDatabase& database) {
  const auto replaced = replaced_beside(database);
  if (replaced.empty()) {
    base::fail({.code = "nothing_to_undo",
                .exit = Exit::refused,
                .message = base::cat("no database that a restore replaced is kept beside ",
                                     base::printable(database.location())),
                .object = database.location(),
                .state = "nothing was changed",
                .next = "`dbrollback restore` puts a snapshot back"});
  }
  return replaced.back();
}

}  // namespace

SwapResult undo_restore(Repository& repository, const DatabaseConfig& database, Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  const auto target = database::open_server(database);
  const auto alone = store.lock_database(target->identity(), target->location());
  SwapResult result;
  result.target = target->location();
  result.restored = last_beside(*target).name;
  repository::RunRecord record{.command = "restore-undo", .database = database.name, .facts = {}};
  record.facts.emplace_back("restored", result.restored);
  repository::recorded(store, record, observer, [&] {
    const auto swapped = target->put_back(result.restored);
    result.kept_database = swapped.kept;
    result.downtime = swapped.downtime;
    result.sessions_ended = swapped.ended;
    record.facts.emplace_back("kept_database", result.kept_database);
  });
  recovery::change_state(store, target->identity(), result.kept_database, result.restored, observer);
  return result;
}

std::vector<ReplacedDatabase> replaced_databases(const DatabaseConfig& database) {
  return replaced_beside(*database::open_server(database));
}

ReplacedDatabase last_replaced(const DatabaseConfig& database) { return last_beside(*database::open_server(database)); }

WrittenSinceSwap written_since_swap(const DatabaseConfig& database, const std::string& replaced) {
  const auto live = database::open_server(database);
  if (!live->exists()) {
    return {.unknown = "there is no live database", .tables = {}};
  }
  const auto since = live->written_since_swap(replaced);
  WrittenSinceSwap out{.unknown = since.unknown, .tables = {}};
  out.tables.reserve(since.tables.size());
  for (const auto& table : since.tables) {
    out.tables.push_back({.name = table.name, .written = table.written});
  }
  return out;
}

void discard_replaced(Repository& repository, const DatabaseConfig& database, const std::string& name,
                      Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  const auto target = database::open_server(database);
  const auto alone = store.lock_database(target->identity(), target->location());
  repository::RunRecord record{.command = "restore-discard", .database = database.name, .facts = {}};
  record.facts.emplace_back("dropped", name);
  repository::recorded(store, record, observer, [&] { target->drop_kept(name); });
}

ExportResult export_snapshot(Repository& from, const std::string& id, const std::filesystem::path& file,
                             const ExportOptions& options, Observer& observer) {
  repository::Store& store = from.store();
  const auto shared = store.share(std::chrono::seconds(5));
  if (base::stat_file(file)) {
    base::fail({.code = "exists",
                .exit = Exit::refused,
                .message = base::cat(base::printable(file.native()), " exists already"),
                .object = file,
                .state = "nothing was changed",
                .next = "choose another path, or remove that file first"});
  }
  SnapshotDetails manifest = snapshot::read_manifest(store.objects(), id);
  const auto path = base::fs::absolute(file).lexically_normal();
  ExportResult result{.id = id, .engine = manifest.summary.engine, .file = path};
  if (manifest.postgres) {
    result.bytes = restore::write_script(store, std::move(manifest), path, options, observer);
    return result;
  }
  snapshot::OpenSnapshot source(store.objects(), std::move(manifest), repository::view_options({}, observer));
  result.bytes = source.pages().size();
  repository::require_room(result.bytes, base::disk_of(file).free_bytes, file, "the export",
                           "free some room there, or write the file to another disk");
  restore::write_new_file(source.pages(), path, true, observer);
  return result;
}

}  // namespace dbrollback
