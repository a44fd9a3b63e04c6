#include "engine/restore/load.hpp"

#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/restore/build.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/stored_database.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

void plan_load(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan) {
  constexpr const char* next = "restore the schema into a new database first, with --schema-only";
  plan.kind = RestorePlan::Target::load;
  if (!target.exists()) {
    base::fail({.code = "no_target",
                .exit = Exit::refused,
                .message = cat("there is no database ", printable(plan.target), " whose tables could be filled"),
                .object = plan.target,
                .state = "nothing was changed",
                .next = next});
  }
  const auto wrong = target.not_loadable(
      {.facts = &*manifest.postgres, .tables = &manifest.tables, .partial = manifest.partial.has_value()});
  if (!wrong.empty()) {
    base::fail(
        {.code = "not_loadable",
         .exit = Exit::refused,
         .message = cat("the data cannot be loaded into ", printable(plan.target), ": ", base::join(wrong, "; ")),
         .object = plan.target,
         .state = "nothing was changed",
         .next = next});
  }
}

RestoreResult execute_load(repository::Store& from, const RestorePlan& plan, Observer& observer) {
  const auto start = std::chrono::steady_clock::now();
  require_whole(from, plan.options.id, observer);
  const StoredServerDatabase stored(from.objects(), snapshot::read_manifest(from.objects(), plan.options.id));
  const SnapshotDetails& manifest = stored.manifest();
  const auto target = database::open_server(plan.database);
  if (!target->exists()) {
    refuse_changed_target(plan);
  }
  auto how = build_options(plan.database, observer);
  how.roles = plan.options.roles;
  RestoreResult result = result_of(plan, manifest);
  result.limits =
      target->load(stored.stored(),
                   {.build = std::move(how), .partial = manifest.partial.has_value(), .verify = plan.options.verify});
  result.verified = plan.options.verify;
  result.verification = plan.options.verify
                            ? "the rows of every table that was filled compared with the snapshot: the same"
                            : "not compared; every frame was checked as it was read";
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  return result;
}

}  // namespace dbrollback::restore
