#include "engine/recovery/deploy_migrations.hpp"

#include <chrono>
#include <csignal>

#include "engine/base/fail.hpp"
#include "engine/base/run.hpp"
#include "engine/base/text.hpp"
#include "engine/migrate/other_tool.hpp"
#include "engine/migrate/run.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/proven_snapshot.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;
using std::chrono::milliseconds;

namespace {

// Its output goes where ours for people goes: a pipeline's log shows it as it comes.
Details run_command(DeployContext& deploy) {
  base::FileLock held = deploy.store.lock_command(deploy.identity, deploy.database.name);
  const base::Outcome outcome = base::run({.arguments = deploy.options.command,
                                           .tick = [&deploy] { stop_if_cancelled(deploy.observer); },
                                           .to_stderr = true,
                                           .lock = &held,
                                           .death_signal = SIGTERM});
  held.release();  // it is over, whatever it leaves behind
  if (!outcome.succeeded()) {
    base::fail({.code = "command_failed",
                .exit = Exit::failed,
                .message = cat(printable(deploy.options.command.front()),
                               outcome.signal != 0 ? cat(" was ended by signal ", outcome.signal)
                                                   : cat(" ended with status ", outcome.status)),
                .object = deploy.options.command.front(),
                .state = {},
                .next = "mend what it says"});
  }
  return {cat(printable(deploy.options.command.front()), " ended well")};
}

Details run_migrations(DeployContext& deploy) {
  if (!deploy.options.command.empty()) {
    return run_command(deploy);
  }
  if (deploy.database.migrate.up.empty() && migrate::UnfinishedRecord(deploy.store, deploy.identity).read()) {
    (void)migrate::resume(deploy.store, deploy.database, deploy.identity, Resume::from_there, deploy.observer);
  }
  const MigrateOptions options;
  base::FileLock held = deploy.store.lock_command(deploy.identity, deploy.database.name);
  const MigrateResult done =
      deploy.database.migrate.up.empty()
          ? migrate::up(deploy.store, deploy.database, deploy.identity, options, deploy.observer)
          : migrate::run_command(deploy.store, deploy.database, deploy.identity, true, options, &held, deploy.observer);
  deploy.result.warnings.insert(deploy.result.warnings.end(), done.warnings.begin(), done.warnings.end());
  Details out;
  out.reserve(done.steps.size() + 1);
  for (const MigrateStep& step : done.steps) {
    out.push_back(cat("applied ", printable(step.name), " in ", base::human_duration(step.duration)));
  }
  out.push_back(cat("schema version ", shown(done.from), " → ", shown(done.to)));
  return out;
}

}  // namespace

Details migrate_database(DeployContext& deploy) {
  deploy.release().began = true;
  deploy.keep_release();
  const auto began = std::chrono::steady_clock::now();
  Details out = deploy.has_migrations ? run_migrations(deploy) : Details{"no migrations are configured"};
  deploy.release().migrations_took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  return out;
}

void read_after(DeployContext& deploy) {
  const LiveState live = read_live(deploy.store, deploy.database, deploy.observer);
  Release& release = deploy.release();
  release.database.version_after = live.version;
  release.database.fingerprint_after = live.fingerprint;
  deploy.half_way = live.half_way;
}

Details check_after(DeployContext& deploy) {
  read_after(deploy);
  Release& release = deploy.release();
  std::vector<CheckResult> before;
  if (!release.database.snapshot.empty()) {
    before = snapshot::read_manifest(deploy.store.objects(), release.database.snapshot).checks;
  }
  Details out{cat("schema version ", shown(release.database.version_after),
                  release.database.fingerprint_after == release.database.fingerprint_before
                      ? ", the schema is as it was"
                      : ", the schema has changed")};
  for (const CheckResult& result : check_live(deploy.database, before, deploy.observer)) {
    if (!result.ok) {
      base::fail({.code = "check_failed",
                  .exit = Exit::partial,
                  .message = cat("after the migrations the integrity query `", printable(result.name), "` gives ",
                                 printable(result.value)),
                  .object = result.name,
                  .state = "the migrations are applied, and the application was not touched",
                  .next = "`dbrollback rollback` says what each way back costs"});
    }
    out.push_back(cat("the integrity query `", printable(result.name), "` gives ", printable(result.value)));
  }
  deploy.set_state(Release::State::migrated);
  return out;
}

}  // namespace dbrollback::recovery
