#include "engine/restore/server_tables.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/server.hpp"
#include "engine/restore/state_before.hpp"
#include "engine/restore/stored_database.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

void check_tables(const RestorePlan& plan, const SnapshotDetails& manifest) {
  for (const std::string& name : plan.options.tables) {
    if (std::ranges::find(manifest.tables, name, &TableFacts::name) == manifest.tables.end()) {
      base::fail_usage("no_such_table", cat("there is no table ", printable(name), " in ", plan.options.id), name,
                       cat("`dbrollback show ", plan.options.id, "` lists its tables, each with its schema"));
    }
    if (name.starts_with("pg_catalog.")) {
      base::fail_usage("no_such_table", "large objects cannot be restored alone", name,
                       "restore the whole snapshot beside the database with --into URL");
    }
  }
}

class TablesRestore {
 public:
  TablesRestore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan, Observer& observer)
      : from_(&from), before_in_(before_in), plan_(&plan), observer_(&observer) {}

  RestoreResult run() {
    const auto start = std::chrono::steady_clock::now();
    require_whole(*from_, plan_->options.id, *observer_);
    const StoredServerDatabase stored(from_->objects(), snapshot::read_manifest(from_->objects(), plan_->options.id));
    const auto target = database::open_server(plan_->database);
    result_ = result_of(*plan_, stored.manifest());
    result_.tables = plan_->options.tables.size();
    const auto writing = std::chrono::steady_clock::now();
    const auto done =
        target->overwrite_tables(stored.stored(), plan_->options.tables,
                                 {.lock_timeout = plan_->database.lock_timeout,
                                  .allow_orphans = plan_->options.allow_orphans,
                                  .verify = plan_->options.verify,
                                  .keep_state = state_keeper(*target, before_in_, *plan_, result_, *observer_),
                                  .tick = [this] { snapshot::stop_if_cancelled(*observer_); }});
    const auto end = std::chrono::steady_clock::now();
    result_.rows = done.rows;
    result_.verified = plan_->options.verify;
    result_.verification = plan_->options.verify
                               ? "rows compared with the snapshot, and foreign keys checked, before it was committed"
                               : "not compared; foreign keys were checked before it was committed";
    for (const std::string& key : done.unchecked_keys) {
      result_.limits.push_back(cat("the foreign key ", printable(key), " is NOT VALID now: rows break it"));
    }
    result_.writers_paused = std::chrono::duration_cast<std::chrono::milliseconds>(end - writing);
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(end - start);
    return std::move(result_);
  }

 private:
  repository::Store* from_;
  repository::Store* before_in_;
  const RestorePlan* plan_;
  Observer* observer_;
  RestoreResult result_;
};

}  // namespace

void plan_server_tables(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan) {
  check_tables(plan, manifest);
  if (!target.exists()) {
    base::fail(
        {.code = "no_target",
         .exit = Exit::refused,
         .message = cat("tables can only be restored into a database, and ", printable(plan.target), " does not exist"),
         .object = plan.target,
         .state = "nothing was changed",
         .next = "restore everything: leave --tables out"});
  }
  plan.kind = RestorePlan::Target::live;
  refuse_without_rights(target, plan);
  estimate_loss(target, manifest, plan);
}

RestoreResult execute_server_tables(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                                    Observer& observer) {
  return TablesRestore(from, before_in, plan, observer).run();
}

}  // namespace dbrollback::restore
