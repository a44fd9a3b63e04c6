#include "dbrollback/restore.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/run_record.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/plan.hpp"
#include "engine/snapshot/open.hpp"

namespace dbrollback {

RestorePlan plan_restore(Repository& from, const DatabaseConfig& database, const RestoreOptions& options,
                         Observer& observer) {
  const auto shared = from.store().share(database.lock_timeout);
  return restore::plan(from.store(), database, options, observer);
}

RestoreResult execute_restore(Repository& from, Repository* before_in, const RestorePlan& plan, Observer& observer) {
  repository::Store& store = from.store();
  repository::Store* before = before_in != nullptr ? &before_in->store() : nullptr;
  if (before != nullptr && plan.kind == RestorePlan::Target::new_file) {
    before = nullptr;  // there is no state before: a repository that this account may only read is enough
  }
  if (before != nullptr && plan.options.snapshot_before) {
    before->require_writable();
  }
  if (before != nullptr) {
    (void)before->sweep();
  }
  const auto shared = store.share(plan.database.lock_timeout);
  base::FileLock shared_before;
  base::FileLock alone;
  if (before != nullptr) {
    shared_before = before->share(plan.database.lock_timeout);
    alone = before->lock_database(database::open_file(plan.target)->location());
  }
  RestoreResult result;
  repository::RunRecord record{.command = "restore", .database = plan.database.name, .facts = {}};
  record.facts.emplace_back("snapshot", plan.options.id);
  record.facts.emplace_back("target", plan.target.native());
  repository::recorded(before != nullptr ? *before : store, record, observer, [&] {
    result = restore::execute(store, before, plan, observer);
    record.facts.emplace_back("snapshot_before", result.snapshot_before);
    record.facts.emplace_back("verification", result.verification);
  });
  return result;
}

ExportResult export_snapshot(Repository& from, const std::string& id, const std::filesystem::path& file,
                             Observer& observer) {
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
  snapshot::OpenSnapshot source(store.objects(), id, repository::view_options({}, observer));
  repository::require_room(source.pages().size(), base::disk_of(file).free_bytes, file, "the export",
                           "free some room there, or write the file to another disk");
  restore::write_new_file(source.pages(), base::fs::absolute(file), true, observer);
  return {.id = id, .file = base::fs::absolute(file).lexically_normal(), .bytes = source.pages().size()};
}

}  // namespace dbrollback
