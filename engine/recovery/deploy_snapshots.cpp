#include "engine/recovery/deploy_snapshots.hpp"

#include "engine/application/config_files.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/recovery/kept_scripts.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/proven_snapshot.hpp"
#include "engine/release/kept_files.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;

namespace {

std::string reason(DeployContext& deploy, const char* when) {
  return cat(when, " release ", deploy.release().version, " (", deploy.release().id, ")");
}

Details without_snapshot(DeployContext& deploy, const std::string& why) {
  deploy.result.warnings.push_back(cat("there is no good snapshot of the state before: ", why));
  return {deploy.result.warnings.back()};
}

}  // namespace

Details take_snapshot_before(DeployContext& deploy) {
  Release& release = deploy.release();
  try {
    DatabaseConfig before = deploy.database;
    before.checks =
        runnable_checks(deploy.database, deploy.observer);  // one may be of a table that is about to be made
    const SnapshotSummary taken = snapshot_for(deploy.store, before, release.version, reason(deploy, "before"),
                                               release::pin_reason(release, false), deploy.observer);
    release.database.snapshot = taken.id;
    release.snapshot_took = taken.duration;
    deploy.execution->set("snapshot", taken.id);
    Details out{cat("snapshot ", taken.id)};
    if (taken.failed_checks > 0) {
      deploy.result.warnings.push_back(cat(base::plural(taken.failed_checks, "integrity query", "integrity queries"),
                                           " failed on the state before this deploy"));
      out.push_back(deploy.result.warnings.back());
    }
    deploy.keep_release();
    return out;
  } catch (const Error& error) {
    if (error.code() == "interrupted") {
      throw;
    }
    if (deploy.goes_without_snapshot()) {
      return without_snapshot(deploy, error.what());
    }
    ErrorInfo info = error.info();
    info.next = cat(info.next.empty() ? "" : cat(info.next, "; or "), "`--despite no-snapshot` deploys without one");
    throw Error(std::move(info));
  }
}

Details prove_before(DeployContext& deploy) {
  Release& release = deploy.release();
  if (release.database.snapshot.empty()) {
    return {};
  }
  const VerifyReport report =
      prove_snapshot(deploy.store, deploy.database, release.database.snapshot, deploy.options.level, deploy.observer);
  if (report.ok) {
    release.database.proof = deploy.options.level;
    deploy.keep_release();
    Details out{cat("proven: ", to_string(deploy.options.level))};
    if (deploy.options.level != Proof::restored) {
      out.emplace_back("not yet restored");
    }
    return out;
  }
  const Finding& first = report.damage.front();
  const std::string why = cat(first.object, " ", first.problem);
  if (deploy.goes_without_snapshot()) {
    return without_snapshot(deploy, why);
  }
  base::fail({.code = "no_snapshot",
              .exit = Exit::refused,
              .message = cat("the snapshot ", release.database.snapshot, " is not good: ", why),
              .object = release.database.snapshot,
              .state = "nothing was changed",
              .next = "look at the disk of the repository, then deploy again"});
}

Details keep_with_release(DeployContext& deploy) {
  Release& release = deploy.release();
  if (!deploy.has_unreadable_migrations) {
    release.database.scripts = keep_scripts(deploy.store, deploy.database);
    release.database.migrations = pending_migrations(deploy.database, deploy.observer);
  }
  const release::KeptFiles kept(deploy.store);
  release.files.clear();
  for (const application::ConfigFile& file : application::read_config_files(deploy.config.app.config_files)) {
    release.files.push_back({.path = file.path.native(), .hash = kept.keep(file.bytes), .mode = file.mode});
  }
  deploy.keep_release();
  return {cat(base::plural(release.database.migrations.size(), "migration"), " to run, ",
              base::plural(release.files.size(), "configuration file"), " kept")};
}

// What it is for comes later: a deploy does not fail for it.
void take_snapshot_after(DeployContext& deploy) {
  try {
    deploy.execution->needed_step("snapshot_after", [&deploy] {
      Release& release = deploy.release();
      release.database.snapshot_after =
          snapshot_for(deploy.store, deploy.database, "", reason(deploy, "after the migrations of"),
                       release::pin_reason(release, true), deploy.observer)
              .id;
      deploy.execution->set("snapshot_after", release.database.snapshot_after);
      deploy.keep_release();
      return Details{cat("snapshot ", release.database.snapshot_after)};
    });
  } catch (const Error& error) {
    deploy.result.warnings.push_back(cat("there is no snapshot of the state after the migrations: ", error.what()));
    deploy.observer.warning(deploy.result.warnings.back());
  }
}

}  // namespace dbrollback::recovery
