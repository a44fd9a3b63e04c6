// Giving up a deploy or a rollback that is not over: nothing is run, and the records say what is true.
#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/proven_snapshot.hpp"
#include "engine/recovery/rollback.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

std::string shown_state(const std::string& version) { return version.empty() ? "none" : printable(version); }

void record_as_it_is(repository::Store& store, Release& release, Release::State state, const LiveState& live) {
  if (state != Release::State::rolled_back) {
    release.database.fingerprint_after = live.fingerprint;
    release.database.version_after = live.version;
  }
  release.state = state;
  release.changed = base::now();
  release::write(store, release);
}

bool is_state_before(const Release& release, const LiveState& live) {
  return live.fingerprint == release.database.fingerprint_before && live.version == release.database.version_before &&
         !live.half_way;
}

RunStep::State state_of(const Run& run, const std::string& name) {
  const auto step = std::ranges::find(run.steps, name, &RunStep::name);
  return step == run.steps.end() ? RunStep::State::pending : step->state;
}

void abandon_deploy(repository::Store& store, const Run& run, const LiveState& live, std::vector<std::string>& out) {
  Release release = release::read(store, run.fact("release"));
  const bool is_application_touched =
      state_of(run, "stop") != RunStep::State::pending || state_of(run, "start") != RunStep::State::pending;
  if (is_application_touched && is_state_before(release, live)) {
    out.push_back(cat("the database is as it was before the deploy of ", printable(release.version),
                      ", and `dbrollback rollback` takes the application back"));
  } else if (is_state_before(release, live)) {
    release.began = false;
    unpin(store, release::pin_reason(release, false));
    out.push_back(cat("the database is as it was before the deploy of ", printable(release.version)));
  } else {
    out.push_back(cat("the schema version was ", shown_state(release.database.version_before), " and is ",
                      shown_state(live.version), "; `dbrollback rollback` takes that back"));
  }
  record_as_it_is(store, release, Release::State::abandoned, live);
}

void abandon_rollback(repository::Store& store, const Run& run, const LiveState& live, std::vector<std::string>& out) {
  std::vector<Release> undone;
  for (const auto& [name, value] : run.facts) {
    if (name == "undone") {
      undone.push_back(release::read(store, value));
    }
  }
  const bool by_app = run.fact("strategy") == "app";
  const bool is_started = state_of(run, "start") == RunStep::State::done;
  const bool is_restored = state_of(run, "restore") == RunStep::State::done;
  // The same schema does not tell whether the rows are the restored ones: then only the step does.
  const bool is_back =
      !undone.empty() && is_state_before(undone.back(), live) &&
      (by_app ? is_started
              : run.fact("strategy") != "restore" || is_restored ||
                    undone.back().database.fingerprint_before != undone.front().database.fingerprint_after);
  for (Release& release : undone) {
    if (is_back) {
      record_as_it_is(store, release, Release::State::rolled_back, live);
    }
  }
  if (!is_back && !undone.empty()) {
    record_as_it_is(store, undone.front(), undone.front().state, live);
  }
  out.push_back(is_back ? cat("the database is what it was before ", printable(undone.back().version))
                        : cat("the database was not brought back: the schema version is ", shown_state(live.version)));
}

void tell_application(const Run& run, std::vector<std::string>& out) {
  if (state_of(run, "start") == RunStep::State::done) {
    out.push_back(cat("the application was switched to ", printable(run.fact("to")), " and started"));
  } else if (state_of(run, "start") == RunStep::State::running || state_of(run, "start") == RunStep::State::failed) {
    out.emplace_back("the application was being switched and started: look at it");
  } else if (state_of(run, "stop") != RunStep::State::pending) {
    out.emplace_back("the application was stopped, and was not started again");
  } else {
    out.emplace_back("the application was not touched");
  }
}

}  // namespace

std::vector<std::string> abandon_run(repository::Store& store, const DatabaseConfig& database,
                                     const std::string& command, Observer& observer) {
  const std::string identity = database::open_database(database)->identity();
  const auto alone = store.lock_release(identity, database.name);
  auto open = repository::Journal(store, identity).read();
  if (open && open->command != command && (open->command == "rollback" || command == "rollback")) {
    base::fail({.code = "nothing_to_abandon",
                .exit = Exit::refused,
                .message = cat("it is a ", printable(open->command), " of ", printable(database.name),
                               " that is unfinished, to ", target_of(*open)),
                .object = open->id,
                .state = "nothing was changed",
                .next = cat("`dbrollback ", open->command == "rollback" ? "rollback" : "deploy", " --abandon`")});
  }
  if (!open) {
    base::fail({.code = "nothing_to_abandon",
                .exit = Exit::refused,
                .message = cat("no deploy or rollback of ", printable(database.name), " is unfinished"),
                .object = database.name,
                .state = "nothing was changed",
                .next = "dbrollback status"});
  }
  const LiveState live = read_live(store, database, observer);
  std::vector<std::string> out;
  if (open->command == "deploy") {
    abandon_deploy(store, *open, live, out);
  } else if (open->command == "rollback") {
    abandon_rollback(store, *open, live, out);
  }
  tell_application(*open, out);
  if (live.half_way) {
    out.push_back(cat("a migration is half way: ", live.problem, "; `dbrollback migrate status` says what mends it"));
  }
  const Error given_up({.code = "abandoned",
                        .exit = Exit::partial,
                        .message = "it was given up",
                        .object = open->id,
                        .state = base::join(out, "; "),
                        .next = {}});
  Execution(store, identity, std::move(*open), AskStep(), RunListener(), observer).close(&given_up);
  return out;
}

}  // namespace dbrollback::recovery
