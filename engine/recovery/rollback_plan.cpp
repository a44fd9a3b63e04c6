#include "engine/recovery/rollback_plan.hpp"

#include <algorithm>
#include <utility>

#include "engine/application/application.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/recovery/kept_scripts.hpp"
#include "engine/recovery/undone_files.hpp"
#include "engine/recovery/ways.hpp"
#include "engine/release/releases.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

// A deploy that died is what people roll back; a rollback that did is gone on with.
void refuse_unfinished_rollback(repository::Store& store, const DatabaseConfig& database) {
  const auto open = repository::Journal(store, database::open_database(database)->identity()).read();
  if (open && open->command == "rollback") {
    base::fail({.code = "unfinished_run",
                .exit = Exit::refused,
                .message = cat("the rollback of ", printable(database.name), " to ", target_of(*open), " is not over"),
                .object = open->id,
                .state = "nothing was changed by this run; `dbrollback status` says how far it came",
                .next = "`dbrollback rollback --resume` goes on, `dbrollback rollback --abandon` gives it up"});
  }
}

struct Proposal {
  Strategy strategy;
  std::string reason;
};

Proposal propose(const RollbackPlan& plan) {
  const WayBack& app = plan.ways[0];
  const WayBack& reverse = plan.ways[1];
  const WayBack& restore = plan.ways[2];
  if (app.why_not.empty()) {
    return {Strategy::app, "the database is as the older version needs it: nothing of it has to change"};
  }
  if (!reverse.why_not.empty()) {
    return {Strategy::restore, cat("reverse is not possible: ", reverse.why_not)};
  }
  if (!reverse.brings_all_back && restore.why_not.empty()) {
    return {Strategy::restore, "the down scripts do not bring back what the migrations destroyed"};
  }
  return {Strategy::reverse, reverse.unknown.empty()
                                 ? "there are down scripts for all of it, and what was written since stays"
                                 : "there are down scripts for all of it, and what was written since stays; they were "
                                   "not rehearsed, so a snapshot is taken first"};
}

void require_possible(const RollbackPlan& plan) {
  const WayBack& way = plan.way();
  if (way.why_not.empty()) {
    return;
  }
  std::vector<std::string> others;
  for (const WayBack& other : plan.ways) {
    if (other.why_not.empty()) {
      others.emplace_back(cat("`--strategy ", to_string(other.strategy), "`"));
    }
  }
  base::fail({.code = "no_way_back",
              .exit = Exit::refused,
              .message = cat("there is no way back by ", to_string(way.strategy), ": ", way.why_not),
              .object = plan.database,
              .state = "nothing was changed",
              .next = others.empty() ? "`dbrollback list` shows the snapshots; `dbrollback restore` puts one back"
                                     : cat("possible is ", base::join(others, " or "))});
}

void warn(RollbackPlan& plan, const Undone& undone, bool is_managed, const LiveState& live) {
  if (is_managed && plan.to_version.empty()) {
    base::fail_usage("no_such_release", "nobody knows which version of the application ran before", plan.from_version,
                     "bring the database back alone with --no-app, and the application by hand");
  }
  if (!is_managed) {
    plan.warnings.emplace_back(
        "the application is not switched: the configuration does not say how, or --no-app was given");
  }
  if (undone.releases.front().state == Release::State::started) {
    plan.warnings.push_back(cat("the deploy of ", printable(plan.from_version), " never ended: it is undone too"));
  }
  const std::string& after = undone.releases.front().database.fingerprint_after;
  if (!after.empty() && live.fingerprint != after && live.fingerprint != plan.fingerprint) {
    plan.warnings.emplace_back("somebody has changed the schema since that deploy");
  }
  const WayBack& way = plan.way();
  if (plan.rto && way.expected > *plan.rto) {
    plan.warnings.push_back(cat("this is expected to take ", base::human_duration(way.expected),
                                ", and the time that is allowed (rto) is ", base::human_duration(*plan.rto)));
  }
}

}  // namespace

std::string stamp_of(const Undone& undone, const LiveState& live) {
  std::string text = cat(live.fingerprint, "\n", live.version, "\n", live.half_way ? "half way" : "");
  for (const Release& release : undone.releases) {
    text += cat("\n", release.id, " ", to_string(release.state));
  }
  return to_hex(base::xxh3_128(base::bytes_of(text)));
}

RollbackPlan plan_rollback(repository::Store& store, const Config& config, const DatabaseConfig& database,
                           const RollbackOptions& options, Observer& observer) {
  refuse_unfinished_rollback(store, database);
  const Undone undone = choose_undone(release::read_all(store, database.name), options.to, database.name);
  std::string scripts_problem;
  const auto scripts = [&]() -> std::unique_ptr<KeptScripts> {
    try {
      return scripts_of(store, undone.releases.front(), database);
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      scripts_problem = error.what();
      return nullptr;
    }
  }();
  const DatabaseConfig& as_released = scripts ? scripts->database() : database;
  const LiveState live = read_live(store, as_released, observer);
  const application::Application application(config.app, application::Redactor(config), observer);
  const bool is_managed = options.with_application && application.is_managed();
  RollbackPlan plan;
  std::vector<ReleaseFile> files = undone.files;
  plan.warnings = take_out_damaged_files(store, files);
  plan.options = options;
  plan.database = database.name;
  plan.location = live.location;
  plan.from_version = undone.from_version;
  plan.to_version = undone.to_version;
  for (const Release& release : undone.releases) {
    plan.releases.push_back(release.id);
  }
  plan.snapshot = undone.first().database.snapshot;
  plan.fingerprint = undone.first().database.fingerprint_before;
  const Ground ground{.store = store,
                      .config = config,
                      .database = database,
                      .as_released = as_released,
                      .scripts_problem = scripts_problem,
                      .options = options,
                      .undone = undone,
                      .live = live,
                      .is_managed = is_managed,
                      .observer = observer};
  plan.ways = {way_by_app(ground), way_by_reverse(ground), way_by_restore(ground)};
  const Proposal proposal = propose(plan);
  plan.strategy = options.strategy.value_or(proposal.strategy);
  plan.reason = options.strategy ? "as asked" : proposal.reason;
  plan.rto = config.app.rto;
  require_possible(plan);
  if (is_managed) {
    const application::Values values{
        .version = undone.to_version, .previous = undone.from_version, .mark = undone.to_mark};
    plan.commands = application.planned(values, plan.strategy == Strategy::app);
    try {
      application.require_available(values);
    } catch (const Error& error) {
      if (error.exit() != Exit::refused) {
        throw;
      }
      plan.warnings.emplace_back(error.what());
    }
  }
  warn(plan, undone, is_managed, live);
  plan.stamp = stamp_of(undone, live);
  return plan;
}

}  // namespace dbrollback::recovery
