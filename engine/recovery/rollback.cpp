#include "engine/recovery/rollback.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/application/application.hpp"
#include "engine/application/config_files.hpp"
#include "engine/application/health.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/proof.hpp"
#include "engine/recovery/rollback_database.hpp"
#include "engine/recovery/rollback_plan.hpp"
#include "engine/recovery/undone_files.hpp"
#include "engine/release/kept_files.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

using Details = std::vector<std::string>;

class GoingBack {
 public:
  GoingBack(repository::Store& store, const Config& config, const DatabaseConfig& database, AskStep ask,
            RunListener listener, Observer& observer)
      : back_{.store = store,
              .config = config,
              .database = database,
              .observer = observer,
              .identity = database::open_database(database)->identity()},
        ask_(std::move(ask)),
        listener_(std::move(listener)),
        alone_(store.lock_release(back_.identity, database.name)),
        redactor_(config) {}

  RollbackResult run(const RollbackPlan& plan) {
    back_.options = plan.options;
    back_.undone =
        choose_undone(release::read_all(back_.store, back_.database.name), back_.options.to, back_.database.name);
    back_.strategy = plan.strategy;
    read_scripts();
    const LiveState live = read_live(back_.store, back_.as_released(), back_.observer);
    if (stamp_of(back_.undone, live) != plan.stamp) {
      base::fail({.code = "plan_is_stale",
                  .exit = Exit::refused,
                  .message = cat("a release or the schema of ", printable(back_.database.name),
                                 " has changed since the plan was made"),
                  .object = back_.database.name,
                  .state = "nothing was changed",
                  .next = "run `dbrollback rollback` again and look at the new plan"});
    }
    prepare_application();
    if (plan.options.with_application) {
      application_->require_available(values());
    }
    record_dead_deploy();
    begin(plan);
    return carry_out();
  }

  RollbackResult resume(Run run) {
    back_.options.trigger = run.fact("trigger");
    back_.options.despite = despite_of(run);
    back_.options.with_application = run.fact("with_application") == "yes";
    back_.strategy = strategy_from_string(run.fact("strategy")).value_or(Strategy::restore);
    for (const auto& [name, value] : run.facts) {
      if (name == "undone") {
        back_.undone.releases.push_back(release::read(back_.store, value));
      }
    }
    back_.undone.from_version = run.fact("from");
    back_.undone.to_version = run.fact("to");
    back_.undone.to_mark = run.fact("to_mark");
    back_.undone.files = files_of_target();
    read_scripts();
    back_.is_resumed = true;
    prepare_application();
    back_.execution =
        std::make_unique<Execution>(back_.store, back_.identity, std::move(run), ask_, listener_, back_.observer);
    return carry_out();
  }

 private:
  // Only who runs them needs them.
  void read_scripts() {
    try {
      back_.scripts = scripts_of(back_.store, back_.undone.releases.front(), back_.database);
    } catch (const Error& error) {
      if (back_.strategy == Strategy::reverse || error.exit() != Exit::damaged) {
        throw;
      }
    }
  }

  static std::vector<std::string> despite_of(const Run& run) {
    std::vector<std::string> out;
    for (const auto& [name, value] : run.facts) {
      if (name == "despite") {
        out.push_back(value);
      }
    }
    return out;
  }

  // Those of the release before, as choose_undone found them.
  [[nodiscard]] std::vector<ReleaseFile> files_of_target() const {
    std::vector<ReleaseFile> out;
    for (const Release& release : release::read_all(back_.store, back_.database.name)) {
      if (release.id < back_.undone.first().id && release.version == back_.undone.to_version && is_in_effect(release)) {
        out = release.files;
      }
    }
    return out;
  }

  // A deploy that died is over now. The journal of this rollback takes the place of its own.
  void record_dead_deploy() {
    if (auto open = repository::Journal(back_.store, back_.identity).read()) {
      open->finished = base::now();
      open->exit = Exit::partial;
      open->error = ErrorInfo{.code = "died",
                              .exit = Exit::partial,
                              .message = "its process died",
                              .object = open->id,
                              .state = "it is rolled back",
                              .next = {}};
      repository::write_run(back_.store, *open);
    }
  }

  void begin(const RollbackPlan& plan) {
    Run run = repository::begin_run("rollback", back_.database.name);
    run.facts = {{"from", back_.undone.from_version},
                 {"to", back_.undone.to_version},
                 {"to_mark", back_.undone.to_mark},
                 {"strategy", to_string(back_.strategy)},
                 {"reason", plan.reason},
                 {"trigger", back_.options.trigger},
                 {"snapshot", plan.snapshot},
                 {"with_application", back_.options.with_application ? "yes" : "no"}};
    if (plan.rto) {
      run.facts.emplace_back("rto_ms", std::to_string(plan.rto->count()));
    }
    for (const Release& release : back_.undone.releases) {
      run.facts.emplace_back("undone", release.id);
    }
    for (const std::string& name : back_.options.despite) {
      run.facts.emplace_back("despite", name);
    }
    run.losses = plan.way().losses;
    std::vector<StepPlan> steps;
    for (const RunStep& step : plan.way().steps) {
      steps.push_back({.name = step.name, .title = step.title});
    }
    back_.execution =
        std::make_unique<Execution>(back_.store, back_.identity, std::move(run), ask_, listener_, back_.observer);
    back_.execution->plan(steps);
  }

  [[nodiscard]] bool has(const std::string& step) const {
    return std::ranges::find(back_.execution->run().steps, step, &RunStep::name) != back_.execution->run().steps.end();
  }

  void step(const std::string& name, const std::function<Details()>& action) {
    if (has(name)) {
      back_.execution->step(name, action);
    }
  }

  // Its secrets are also those of the files that come back.
  void prepare_application() {
    lost_files_ = take_out_damaged_files(back_.store, back_.undone.files);
    for (const ReleaseFile& file : back_.undone.files) {
      redactor_.learn(base::text_of(release::KeptFiles(back_.store).read(file.hash)));
    }
    application_ = std::make_unique<application::Application>(back_.config.app, redactor_, back_.observer);
  }

  RollbackResult carry_out() {
    try {
      step("evidence", [this] { return collect_evidence(); });
      if (back_.strategy == Strategy::reverse) {
        step("stop", [this] { return stop(); });
        step("snapshot_first", [this] { return take_snapshot_first(back_); });
        step("reverse", [this] { return reverse_database(back_); });
      } else if (back_.strategy == Strategy::restore) {
        step("restore",
             [this] { return restore_database(back_, [this] { step("stop", [this] { return stop(); }); }); });
      }
      step("prove", [this] { return prove(); });
      step("config_files", [this] { return put_files_back(); });
      step("start", [this] { return start(); });
      step("clear_caches", [this] { return application_->clear_caches(values()); });
      step("health", [this] { return ask_health(); });
      back_.execution->needed_step("record", [this] { return record(); });
    } catch (const Error& error) {
      fail(error);
    }
    return finished();
  }

  [[nodiscard]] application::Values values() const {
    return {.version = back_.undone.to_version, .previous = back_.undone.from_version, .mark = back_.undone.to_mark};
  }

  Details collect_evidence() {
    back_.execution->run().evidence = application_->collect_evidence(values());
    Details out;
    for (const RunEvidence& each : back_.execution->run().evidence) {
      out.push_back(each.problem.empty() ? each.source : cat(each.source, ": ", each.problem));
    }
    return out;
  }

  Details stop() { return application_->stop(values()); }

  Details prove() {
    const Proven proven =
        prove_state(back_.store, back_.as_released(), back_.undone.first(), back_.strategy, back_.observer);
    for (const std::string& sentence : proven.sentences) {
      back_.execution->run().verification.push_back(sentence);
    }
    back_.execution->set("proven_fingerprint", proven.fingerprint);
    return proven.sentences;
  }

  Details put_files_back() {
    for (const std::string& problem : lost_files_) {
      back_.observer.warning(problem);
    }
    Details out = lost_files_;
    const release::KeptFiles kept(back_.store);
    for (const ReleaseFile& file : back_.undone.files) {
      const bool is_changed =
          application::put_back({.path = file.path, .mode = file.mode, .bytes = kept.read(file.hash)});
      out.push_back(cat(printable(file.path), is_changed ? " is put back" : " is as it was"));
    }
    return out;
  }

  // Only against the schema that it was made for, whatever happened since the step before.
  Details start() {
    const std::string proven = back_.execution->run().fact("proven_fingerprint");
    const std::string wanted = proven.empty() ? back_.undone.first().database.fingerprint_before : proven;
    const bool is_skipped = has("prove") && proven.empty();  // by hand
    if (!is_skipped && read_live(back_.store, back_.as_released(), back_.observer).fingerprint != wanted) {
      base::fail({.code = "schema_moved",
                  .exit = Exit::partial,
                  .message = cat("the schema is not the one that ", printable(back_.undone.to_version), " needs"),
                  .object = back_.database.name,
                  .state = {},
                  .next = {}});
    }
    return back_.strategy == Strategy::app ? application_->roll(values()) : application_->start(values());
  }

  Details ask_health() {
    const auto health = application::wait_until_healthy(back_.config.health, values(), redactor_,
                                                        back_.config.app.folder, back_.observer);
    result_.health = health.answers;
    if (!health.healthy) {
      base::fail(
          {.code = "unhealthy",
           .exit = Exit::partial,
           .message = cat(printable(back_.undone.to_version), " is not healthy: ", base::join(health.answers, "; ")),
           .object = back_.undone.to_version,
           .state = {},
           .next = {}});
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(base::now() - back_.execution->run().started);
    back_.execution->set("recovery_time_ms", std::to_string(took.count()));
    return health.answers;
  }

  Details record() {
    for (Release& release : back_.undone.releases) {
      release.state = Release::State::rolled_back;
      release.changed = base::now();
      release::write(back_.store, release);
    }
    return {};
  }

  [[nodiscard]] bool is_done(const std::string& name) const {
    return has(name) && back_.execution->find(name).state == RunStep::State::done;
  }

  // Whether anything is another than before this rollback: then the journal stays, to be gone on with.
  [[nodiscard]] bool has_changed(const Error& error) const {
    static constexpr std::array<const char*, 7> changing{"stop",  "reverse", "restore", "config_files",
                                                         "start", "health",  "record"};
    if (error.exit() == Exit::partial) {
      return error.code() != "stopped" || std::ranges::any_of(changing, [this](const char* s) { return is_done(s); });
    }
    return std::ranges::any_of(changing, [this](const char* name) {
      const bool is_by_application = std::string_view(name) == "stop" || std::string_view(name) == "start";
      return is_done(name) ||
             (is_by_application && has(name) && back_.execution->find(name).state == RunStep::State::failed);
    });
  }

  [[nodiscard]] std::string state_now(const std::string& said) const {
    const bool is_back = is_done("restore") || is_done("reverse");
    std::string out = said.empty() || said == "nothing was changed" ? "" : cat(said, "; ");
    out += back_.strategy == Strategy::app ? "the database is as it was"
           : is_back ? cat("the database is ", back_.strategy == Strategy::restore ? "restored" : "reverted")
                     : "the database was not brought back";
    if (is_done("start")) {
      out += cat("; the application is switched to ", printable(back_.undone.to_version));
    } else if (is_done("stop")) {
      out += "; the application is stopped";
    } else {
      out += cat("; the application is still at ", printable(back_.undone.from_version));
    }
    return out;
  }

  [[noreturn]] void fail(const Error& error) {
    ErrorInfo info = error.info();
    if (!has_changed(error)) {
      back_.execution->close(&error);
      throw Error(std::move(info));
    }
    info.exit = Exit::partial;
    info.state = state_now(info.state);
    info.next = cat(info.next.empty() || info.code == "stopped" ? "" : cat(info.next, "; then "),
                    "`dbrollback rollback --resume` goes on from there (with --manual it asks before each step), "
                    "`dbrollback rollback --abandon` gives it up");
    back_.execution->pause(info);
    throw Error(std::move(info));
  }

  RollbackResult finished() {
    back_.execution->run().error.reset();
    back_.execution->run().exit = Exit::done;
    back_.execution->close(nullptr);
    const Run& run = back_.execution->run();
    result_.run = run;
    result_.strategy = back_.strategy;
    result_.to_version = back_.undone.to_version;
    result_.kept_database = run.fact("kept_database");
    result_.snapshot_before = run.fact("snapshot_before");
    result_.verification = run.verification;
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(*run.finished - run.started);
    return std::move(result_);
  }

  BackContext back_;
  AskStep ask_;
  RunListener listener_;
  base::FileLock alone_;
  application::Redactor redactor_;
  std::unique_ptr<application::Application> application_;
  Details lost_files_;
  RollbackResult result_;
};

}  // namespace

RollbackResult execute_rollback(repository::Store& store, const Config& config, const DatabaseConfig& database,
                                const RollbackPlan& plan, const AskStep& ask, const RunListener& listener,
                                Observer& observer) {
  return GoingBack(store, config, database, ask, listener, observer).run(plan);
}

RollbackResult resume_rollback(repository::Store& store, const Config& config, const DatabaseConfig& database,
                               const AskStep& ask, const RunListener& listener, Observer& observer) {
  GoingBack going(store, config, database, ask, listener, observer);
  auto open = repository::Journal(store, database::open_database(database)->identity()).read();
  if (!open || open->command != "rollback") {
    base::fail({.code = "nothing_to_resume",
                .exit = Exit::refused,
                .message = cat("no rollback of ", printable(database.name), " is unfinished"),
                .object = database.name,
                .state = "nothing was changed",
                .next = open && open->command == "deploy"
                            ? "`dbrollback deploy --resume`, or `dbrollback rollback`: it is a deploy that is"
                            : "`dbrollback rollback --dry-run` says what ways back there are"});
  }
  return going.resume(std::move(*open));
}

}  // namespace dbrollback::recovery
