#include "engine/recovery/deploy.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/deploy_application.hpp"
#include "engine/recovery/deploy_context.hpp"
#include "engine/recovery/deploy_migrations.hpp"
#include "engine/recovery/deploy_snapshots.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/recovery/proven_snapshot.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

const char* yes_or_no(bool value) { return value ? "yes" : "no"; }

std::vector<std::string> list_of(const std::string& words) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(',', at), words.size());
    out.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_done(const Run& run, const std::string& name) {
  const auto step = std::ranges::find(run.steps, name, &RunStep::name);
  return step != run.steps.end() && step->state == RunStep::State::done;
}

class Deploying {
 public:
  Deploying(repository::Store& store, const Config& config, const DatabaseConfig& database, DeployOptions options,
            RunListener listener, Observer& observer)
      : deploy_(store, config, database, std::move(options), observer), listener_(std::move(listener)) {}

  DeployResult run() {
    refuse_unfinished(deploy_.store, deploy_.identity);
    begin(look_before_deploy(deploy_.store, deploy_.database, deploy_.options, deploy_.application, deploy_.observer));
    return carry_out();
  }

  DeployResult resume(Run run) {
    DeployOptions& options = deploy_.options;
    options.level = proof_from_string(run.fact("level")).value_or(Proof::content);
    options.snapshot_after = run.fact("takes_snapshot_after") == "yes";
    options.despite = list_of(run.fact("despite"));
    options.with_application = run.fact("with_application") == "yes";
    options.part = run.fact("part") == "before" ? DeployOptions::Part::before : DeployOptions::Part::all;
    deploy_.release() = release::read(deploy_.store, run.fact("release"));
    deploy_.has_migrations = run.fact("has_migrations") == "yes";
    deploy_.has_unreadable_migrations = run.fact("unreadable_migrations") == "yes";
    if (!run.fact("command").empty() && options.command.empty() && !is_done(run, "migrate")) {
      base::fail_usage("missing_argument",
                       cat("this deploy runs its migrations by ", printable(run.fact("command")),
                           ", which may not have been run to its end"),
                       run.fact("command"), "give the command again: `dbrollback deploy --resume -- COMMAND …`");
    }
    make_execution(std::move(run));
    return carry_out();
  }

 private:
  void make_execution(Run run) {
    deploy_.execution = std::make_unique<Execution>(deploy_.store, deploy_.identity, std::move(run), AskStep(),
                                                    listener_, deploy_.observer);
  }

  // The record of the release, and the journal with all the steps.
  void begin(const Preflight& before) {
    deploy_.has_migrations = before.has_migrations;
    deploy_.has_unreadable_migrations = before.live.migrations_problem.has_value();
    deploy_.result.warnings = before.warnings;
    const DeployOptions& options = deploy_.options;
    Release& release = deploy_.release();
    release = release::begin_release(before.version, deploy_.database.name);
    release.previous = before.previous;
    release.previous_mark = before.previous_mark;
    release.database.format = before.live.format;
    release.database.by_command = !options.command.empty() || before.live.format == "command";
    release.database.version_before = before.live.version;
    release.database.fingerprint_before = before.live.fingerprint;
    Run run = repository::begin_run("deploy", deploy_.database.name);
    release.run = run.id;
    run.facts = {{"release", release.id},
                 {"version", release.version},
                 {"from", release.previous},
                 {"to", release.version},
                 {"level", to_string(options.level)},
                 {"takes_snapshot_after", yes_or_no(deploy_.takes_snapshot_after())},
                 {"despite", base::join(options.despite, ",")},
                 {"with_application", yes_or_no(options.with_application)},
                 {"part", options.part == DeployOptions::Part::before ? "before" : "all"},
                 {"has_migrations", yes_or_no(deploy_.has_migrations)},
                 {"unreadable_migrations", yes_or_no(deploy_.has_unreadable_migrations)},
                 {"command", options.command.empty() ? "" : options.command.front()}};
    make_execution(std::move(run));
    deploy_.keep_release();
    deploy_.execution->plan(steps());
  }

  // What look_before_deploy found, for the record.
  Details preflight() {
    Details out{cat("schema version ", shown(deploy_.release().database.version_before), ", the application is at ",
                    shown(deploy_.release().previous))};
    out.insert(out.end(), deploy_.result.warnings.begin(), deploy_.result.warnings.end());
    return out;
  }

  [[nodiscard]] std::vector<StepPlan> steps() const {
    const std::string version = printable(deploy_.result.release.version);
    std::vector<StepPlan> out{{"preflight", "look at what there is"},
                              {"snapshot", "take a snapshot"},
                              {"prove", cat("prove the snapshot: ", to_string(deploy_.options.level))},
                              {"record", "keep the scripts and the configuration files with the release"},
                              {"migrate", "run the migrations"},
                              {"check", "read the new schema, ask the integrity queries"}};
    if (deploy_.takes_snapshot_after()) {
      out.push_back({"snapshot_after", "take a snapshot of the state after"});
    }
    if (deploy_.switches_application()) {
      out.push_back({"stop", "stop the application"});
      out.push_back({"start", cat("switch the application to ", version, " and start it")});
    }
    if (deploy_.options.part == DeployOptions::Part::all) {
      out.push_back({"health", "ask whether the application is healthy"});
      out.push_back({"confirm", "confirm the release"});
    }
    return out;
  }

  DeployResult carry_out() {
    Execution& execution = *deploy_.execution;
    try {
      execution.needed_step("preflight", [this] { return preflight(); });
      execution.needed_step("snapshot", [this] { return take_snapshot_before(deploy_); });
      execution.needed_step("prove", [this] { return prove_before(deploy_); });
      execution.needed_step("record", [this] { return keep_with_release(deploy_); });
    } catch (const Error& error) {
      fail_unchanged(error);
    }
    try {
      execution.needed_step("migrate", [this] { return migrate_database(deploy_); });
      execution.needed_step("check", [this] { return check_after(deploy_); });
    } catch (const Error& error) {
      fail_changed(error);
    }
    if (deploy_.takes_snapshot_after()) {
      take_snapshot_after(deploy_);
    }
    if (deploy_.options.part == DeployOptions::Part::all) {
      bring_up();
    }
    execution.close(nullptr);
    deploy_.result.run = execution.run();
    return std::move(deploy_.result);
  }

  // Nothing was changed: what was made for this deploy is nobody's any more.
  [[noreturn]] void fail_unchanged(const Error& error) {
    Release& release = deploy_.result.release;
    release.database.fingerprint_after = release.database.fingerprint_before;
    release.database.version_after = release.database.version_before;
    unpin(deploy_.store, release::pin_reason(release, false));
    fail_release(error);
    deploy_.execution->close(&error);
    throw Error(error.info());
  }

  [[noreturn]] void fail_changed(const Error& error) {
    ErrorInfo info = error.info();
    Release& release = deploy_.result.release;
    try {
      read_after(deploy_);
      // What another tool's command did to rows before it failed, no schema tells.
      const bool is_by_command = !deploy_.options.command.empty() || !deploy_.database.migrate.up.empty();
      const bool is_changed = deploy_.half_way || is_by_command ||
                              release.database.fingerprint_after != release.database.fingerprint_before ||
                              release.database.version_after != release.database.version_before;
      if (!is_changed) {
        release.began = false;
        unpin(deploy_.store, release::pin_reason(release, false));
      }
      tell_state(info, is_changed);
    } catch (const Error& failure) {  // what it is now cannot be read: it may be anything
      info.exit = Exit::partial;
      info.state = cat("the state of the database cannot be read (", failure.what(), ")");
      info.next = "`dbrollback status`, then `dbrollback rollback`";
    }
    const Error described(info);
    fail_release(described);
    deploy_.execution->close(&described);
    throw Error(std::move(info));
  }

  void tell_state(ErrorInfo& info, bool is_changed) const {
    const ReleaseDatabase& database = deploy_.result.release.database;
    if (!is_changed) {
      info.exit = info.exit == Exit::partial ? Exit::failed : info.exit;
      info.state = "the database is as it was before, and the application was not touched";
      return;
    }
    const bool is_same_version = database.version_before == database.version_after;
    info.exit = Exit::partial;
    info.state =
        cat(info.state.empty() ? "" : cat(info.state, "; "), "the schema version ",
            is_same_version ? cat("is still ", shown(database.version_after))
                            : cat("was ", shown(database.version_before), " and is ", shown(database.version_after)),
            "; the application was not touched",
            database.snapshot.empty() ? "" : cat("; the state before is in ", database.snapshot));
    info.next = cat("`dbrollback rollback` says what each way back costs, and takes one",
                    info.next.empty() ? "" : cat("; or go on: ", info.next));
  }

  void fail_release(const Error& error) {
    deploy_.result.release.problem = error.what();
    try {
      deploy_.set_state(Release::State::failed);
    } catch (const Error& failure) {
      deploy_.observer.warning(cat("the record of the release could not be written: ", failure.what()));
    }
  }

  void bring_up() {
    try {
      if (deploy_.switches_application()) {
        switch_application(deploy_);
      }
      deploy_.execution->needed_step("health", [this] { return ask_deployed(deploy_); });
      deploy_.execution->needed_step("confirm", [this] { return confirm_release(deploy_); });
    } catch (const Error& error) {
      if (error.code() != "unhealthy") {
        deploy_.result.health.emplace_back(error.what());
      }
      deploy_.result.healthy = false;
      deploy_.execution->run().exit = Exit::partial;
      deploy_.execution->run().error = unhealthy_error(error);
      return;
    }
  }

  [[nodiscard]] bool has_come_to(const std::string& step) const {
    const auto& steps = deploy_.execution->run().steps;
    const auto found = std::ranges::find(steps, step, &RunStep::name);
    return found != steps.end() && found->state != RunStep::State::pending;
  }

  [[nodiscard]] ErrorInfo unhealthy_error(const Error& error) const {
    ErrorInfo info = error.info();
    const bool is_stopped = is_done(deploy_.execution->run(), "stop") && !is_done(deploy_.execution->run(), "start");
    const std::string version = printable(deploy_.result.release.version);
    info.exit = Exit::partial;
    info.state = cat("the migrations are applied, and ", version, " is not confirmed",
                     is_stopped            ? "; the application is stopped"
                     : has_come_to("stop") ? ""
                                           : "; the application was not touched",
                     info.state.empty() ? "" : cat("; ", info.state));
    info.next = cat("`dbrollback rollback` says what each way back costs, and takes one; or mend it and deploy ",
                    version, " again");
    return info;
  }

  DeployContext deploy_;
  RunListener listener_;
};

}  // namespace

DeployResult deploy(repository::Store& store, const Config& config, const DatabaseConfig& database,
                    const DeployOptions& options, const RunListener& listener, Observer& observer) {
  return Deploying(store, config, database, options, listener, observer).run();
}

DeployResult resume_deploy(repository::Store& store, const Config& config, const DatabaseConfig& database,
                           const CommandLine& command, const RunListener& listener, Observer& observer) {
  DeployOptions options;
  options.command = command;
  const auto open = repository::Journal(store, database::open_database(database)->identity()).read();
  if (!open || open->command != "deploy") {
    base::fail({.code = "nothing_to_resume",
                .exit = Exit::refused,
                .message = cat("no deploy of ", printable(database.name), " is unfinished"),
                .object = database.name,
                .state = "nothing was changed",
                .next = open && open->command == "rollback" ? "`dbrollback rollback --resume`: it is a rollback that is"
                                                            : "dbrollback status"});
  }
  return Deploying(store, config, database, options, listener, observer).resume(*open);
}

}  // namespace dbrollback::recovery
