// The second half of a deploy in two: the application was deployed by somebody else, and is asked whether it works.
#include <algorithm>
#include <utility>

#include "engine/application/application.hpp"
#include "engine/application/health.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/deploy.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

Release waiting_release(repository::Store& store, const DatabaseConfig& database, const std::string& version) {
  const auto releases = release::read_all(store, database.name);
  const Release* current = current_release(releases);
  const bool is_waiting = current != nullptr && awaited_of(store, *current) != Awaited::nothing;
  if (!is_waiting || (!version.empty() && current->version != version)) {
    base::fail({.code = "nothing_to_confirm",
                .exit = Exit::refused,
                .message = is_waiting
                               ? cat(printable(current->version), " waits to be confirmed, not ", printable(version))
                               : cat("no release of ", printable(database.name), " waits to be confirmed"),
                .object = database.name,
                .state = "nothing was changed",
                .next = is_waiting ? "give that one with --app-version, or leave it out"
                                   : "`dbrollback hook pre-deploy` comes first; `dbrollback releases` lists them"});
  }
  return *current;
}

}  // namespace

DeployResult confirm_deploy(repository::Store& store, const Config& config, const DatabaseConfig& database,
                            const DeployOptions& options, const RunListener& listener, Observer& observer) {
  const std::string identity = database::open_database(database)->identity();
  const auto alone = store.lock_release(identity, database.name);
  refuse_unfinished(store, identity);
  DeployResult result;
  result.release = waiting_release(store, database, options.app_version);
  Release& release = result.release;
  Execution execution(store, identity, repository::begin_run("hook-post-deploy", database.name), AskStep(), listener,
                      observer);
  execution.set("release", release.id);
  execution.set("version", release.version);
  execution.set("from", release.previous);
  execution.set("to", release.version);
  execution.plan({{"health", "ask whether the application is healthy"}, {"confirm", "confirm the release"}});
  const application::Redactor redactor(config);
  try {
    execution.needed_step("health", [&] {
      const auto health = application::wait_until_healthy(
          config.health, {release.version, release.previous, release.mark}, redactor, config.app.folder, observer);
      result.healthy = health.healthy;
      result.health = health.answers;
      if (!health.healthy) {
        base::fail({.code = "unhealthy",
                    .exit = Exit::partial,
                    .message = cat(printable(release.version), " is not healthy: ", base::join(health.answers, "; ")),
                    .object = release.version,
                    .state = cat("the migrations are applied, and ", printable(release.version), " is not confirmed"),
                    .next = "`dbrollback rollback` says what each way back costs, and takes one"});
      }
      return health.answers;
    });
    execution.needed_step("confirm", [&] {
      release.mark = application::Application(config.app, redactor, observer).mark();
      release.state = Release::State::confirmed;
      release.changed = base::now();
      release::write(store, release);
      release::release_pins(store, database.name);
      return std::vector<std::string>();
    });
  } catch (const Error& error) {
    execution.close(&error);
    if (result.healthy) {
      throw;
    }
    result.run = execution.run();
    return result;
  }
  execution.close(nullptr);
  result.run = execution.run();
  return result;
}

Awaited awaited_of(repository::Store& store, const Release& release) {
  const auto run = release.state == Release::State::migrated ? repository::find_run(store, release.run) : std::nullopt;
  if (!run) {
    return Awaited::nothing;
  }
  if (run->fact("part") == "before") {
    return Awaited::somebody_else;
  }
  const auto start = std::ranges::find(run->steps, "start", &RunStep::name);
  return start == run->steps.end() || start->state == RunStep::State::done ? Awaited::health : Awaited::nothing;
}

}  // namespace dbrollback::recovery
