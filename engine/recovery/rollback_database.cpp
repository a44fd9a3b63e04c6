#include "engine/recovery/rollback_database.hpp"

#include "engine/base/text.hpp"
#include "engine/database/server.hpp"
#include "engine/migrate/other_tool.hpp"
#include "engine/migrate/run.hpp"
#include "engine/recovery/proven_snapshot.hpp"
#include "engine/recovery/restore.hpp"
#include "engine/recovery/ways.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/restore/plan.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

using Details = std::vector<std::string>;

Details describe(const MigrateResult& done) {
  Details out;
  out.reserve(done.steps.size() + 1);
  for (const MigrateStep& step : done.steps) {
    out.push_back(cat("reverted ", printable(step.name), " in ", base::human_duration(step.duration)));
  }
  out.push_back(cat("schema version ", done.from.empty() ? "none" : printable(done.from), " → ",
                    done.to.empty() ? "none" : printable(done.to)));
  return out;
}

// A restore that was cut off after the swap: what it replaced is beside the live database.
std::string replaced_meanwhile(BackContext& back) {
  const auto began = back.execution->find("restore").started;
  if (back.database.engine != DatabaseConfig::Engine::postgres || !began) {
    return {};
  }
  std::string out;
  for (const auto& kept : database::open_server(back.database)->kept()) {
    const bool is_since = kept.made >= std::chrono::floor<std::chrono::seconds>(*began);
    if (kept.kind == database::KeptDatabase::Kind::replaced && is_since && out.empty()) {
      out = kept.name;
    }
  }
  return out;
}

// What one that was cut off kept is the state that was left; `last` may be what it had restored already.
std::string first_state_before(BackContext& back, const std::string& last) {
  const std::string reason = cat("before restore of ", back.undone.first().database.snapshot);
  for (const SnapshotSummary& snapshot : back.store.catalog().all()) {
    if (snapshot.reason == reason && snapshot.created >= back.execution->run().started) {
      return snapshot.id;
    }
  }
  return last;
}

}  // namespace

std::vector<std::string> take_snapshot_first(BackContext& back) {
  const Run& run = back.execution->run();
  const std::string reason = cat("before rollback of ", back.undone.from_version, " (", run.id, ")");
  const SnapshotSummary taken = snapshot_for(back.store, back.database, "", reason, "", back.observer);
  back.execution->set("snapshot_before", taken.id);
  return {cat("snapshot ", taken.id, " has the state that is left")};
}

std::vector<std::string> reverse_database(BackContext& back) {
  MigrateOptions options;
  options.to = back.undone.first().database.version_before;
  if (!back.scripts) {
    base::FileLock held = back.store.lock_command(back.identity, back.database.name);
    return describe(
        migrate::run_command(back.store, back.database, back.identity, false, options, &held, back.observer));
  }
  if (options.to.empty()) {
    options.to = "none";
  }
  const auto left = migrate::UnfinishedRecord(back.store, back.identity).read();
  if (back.is_resumed && left && !left->what.up) {
    (void)migrate::resume(back.store, back.as_released(), back.identity, Resume::from_there, back.observer);
  }
  return describe(migrate::down(back.store, back.as_released(), back.identity, options, back.observer));
}

// The restored database is built and compared while the application still runs on the other one.
std::vector<std::string> restore_database(BackContext& back, const std::function<void()>& stop) {
  const std::string& id = back.undone.first().database.snapshot;
  if (back.is_resumed) {
    if (const std::string kept = replaced_meanwhile(back); !kept.empty()) {
      back.execution->set("kept_database", kept);
      return {cat("it had been put into place already; ", printable(kept), " is what it replaced")};
    }
  }
  RestorePlan plan;
  {
    const auto shared = back.store.share(back.database.lock_timeout);
    plan = restore::plan(back.store, back.database, restore_options(id, back.options), back.observer);
  }
  const RestoreResult done = recovery::restore(back.store, &back.store, plan, stop, back.observer);
  const std::string before = first_state_before(back, done.snapshot_before);
  for (const auto& [name, value] : {std::pair("snapshot_before", before), {"kept_database", done.kept_database}}) {
    if (!value.empty()) {
      back.execution->set(name, value);
    }
  }
  if (done.downtime.count() > 0) {
    back.execution->set("downtime_ms", std::to_string(done.downtime.count()));
  }
  back.execution->run().verification.push_back(done.verification);
  Details out{cat(id, ": ", done.verification)};
  if (!done.kept_database.empty()) {
    out.push_back(cat("the database that was live is kept as ", printable(done.kept_database)));
  }
  if (!before.empty()) {
    out.push_back(cat("snapshot ", before, " has the state that is left"));
  }
  return out;
}

}  // namespace dbrollback::recovery
