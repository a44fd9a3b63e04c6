#include "tools/commands/deploy_run.hpp"

#include "dbrollback/json.hpp"
#include "dbrollback/rollback.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/rollback_text.hpp"

namespace dbrollback::commands {

using cli::Console;
using cli::Context;

namespace {

enum class OnUnhealthy { leave, ask, rollback };

OnUnhealthy choice_of(const std::string& text) {
  if (text.empty() || text == "leave") return OnUnhealthy::leave;
  if (text == "ask") return OnUnhealthy::ask;
  if (text == "rollback") return OnUnhealthy::rollback;
  cli::fail_usage("bad_value", "--on-unhealthy takes rollback, ask or leave, not '" + cli::printable(text) + "'",
                  "--on-unhealthy", "");
}

std::string version_text(const std::string& version) { return version.empty() ? "none" : cli::printable(version); }

void say_deployed(Context& context, const DeployResult& done) {
  Console& console = context.console();
  const Release& release = done.release;
  const ReleaseDatabase& database = release.database;
  const bool is_confirmed = release.state == Release::State::confirmed;
  console.say(console.paint(
      std::string(is_confirmed ? "deployed " : "the database is ready for ") + cli::printable(release.version),
      cli::Colour::bold));
  cli::say_facts(
      console,
      {{"schema", database.version_before == database.version_after
                      ? version_text(database.version_after) + ", as before"
                      : version_text(database.version_before) + " → " + version_text(database.version_after)},
       {"snapshot", database.snapshot.empty() ? "none of the state before"
                                              : database.snapshot + ", proven: " + to_string(database.proof) +
                                                    (database.proof == Proof::restored ? "" : "; not yet restored")},
       {"after", database.snapshot_after},
       {"health", cli::join(done.health, "; ")},
       {"run", done.run.id}});
  for (const std::string& warning : done.warnings) console.warning(warning);
  cli::say_next(console, is_confirmed
                             ? cli::Facts{{"to go back", context.again("rollback")}}
                             : cli::Facts{{"once the application is deployed", context.again("hook post-deploy")},
                                          {"to go back", context.again("rollback")}});
}

// What an error says to type next is typed with this command's places.
Error completed_error(const Context& context, const ErrorInfo& error) {
  ErrorInfo info = error;
  info.next = context.completed(info.next);
  return Error(std::move(info));
}

// Back to the release before, without a hand.
Exit go_back(Context& context, Repository& repository, const DatabaseConfig& database, const std::string& trigger) {
  Console& console = context.console();
  RollbackOptions options;
  options.trigger = trigger;
  cli::ConsoleObserver observer(console);
  const RollbackPlan plan = plan_rollback(repository, context.config(), database, options, observer);
  say_rollback_plan(context, plan);
  const RollbackResult done = execute_rollback(repository, context.config(), database, plan, {}, observer);
  if (context.global().json) console.document(to_json(done));
  console.say();
  say_rolled_back(context, done);
  return Exit::rolled_back;
}

bool wants_back(Context& context, OnUnhealthy choice) {
  if (choice == OnUnhealthy::rollback) return true;
  if (choice == OnUnhealthy::leave || !cli::can_ask(context.console(), cli::AnswersFrom::standard_input)) return false;
  const std::string answer =
      cli::ask(context.console(),
               "Type `rollback` to go back now, anything else to leave it: ", cli::AnswersFrom::standard_input);
  return answer == "rollback";
}

ErrorInfo error_of(const DeployResult& done) {
  if (done.run.error) return *done.run.error;
  return {.code = "unhealthy",
          .exit = Exit::partial,
          .message = done.release.version + " is not healthy: " + cli::join(done.health, "; "),
          .object = done.release.version,
          .state = "the migrations are applied, and the release is not confirmed",
          .next = "`dbrollback rollback` says what each way back costs, and takes one"};
}

// The deploy ended with `error`, after something was changed.
Exit after_failure(Context& context, Repository& repository, const DatabaseConfig& database, OnUnhealthy choice,
                   const ErrorInfo& error) {
  // Whoever interrupts a deploy looks for themselves.
  const bool is_interrupted = error.code == "interrupted";
  if (choice == OnUnhealthy::leave || is_interrupted) throw completed_error(context, error);
  ErrorInfo shown = error;
  if (choice == OnUnhealthy::rollback) shown.next = "it is rolled back now";
  const bool to_stdout = context.global().json;
  if (!to_stdout) context.console().error(completed_error(context, shown).info());
  if (to_stdout) context.console().warning(error.message);
  return wants_back(context, choice) ? go_back(context, repository, database, error.message) : error.exit;
}

}  // namespace

void declare_deploy(cli::Options& options, DeployArguments& arguments) {
  options.text("app-version", "V", arguments.app_version,
               "the version of the application that comes; otherwise what its version command prints");
  options.text("previous", "V", arguments.previous,
               "the version that runs now; otherwise what the version command prints, or the last release");
  options.text("verify", "LEVEL", arguments.level,
               "how far the snapshot is proven before the migrations: stored, content (default) or restored");
  options.text("require", "LEVEL", arguments.require, "the same; for `restored` it says so in the script");
  options.flag("snapshot-after", arguments.snapshot_after,
               "take a snapshot of the state after the migrations, too (SQLite: without being asked)");
  options.flag("no-snapshot-after", arguments.no_snapshot_after, "take none of that state");
  options.list("despite", "A,B", arguments.despite,
               "go on although there is no good snapshot (no-snapshot), the version is not all that is there "
               "(dirty-tree), or a migration is half way (dirty-migrations)");
}

DeployOptions deploy_options(const DeployArguments& arguments) {
  const auto level_of = [](const std::string& text, const char* option) {
    const auto level = proof_from_string(text);
    if (!level || *level == Proof::none) {
      cli::fail_usage("bad_value",
                      std::string(option) + " takes stored, content or restored, not '" + cli::printable(text) + "'",
                      option, "");
    }
    return *level;
  };
  DeployOptions options;
  options.app_version = arguments.app_version;
  options.previous = arguments.previous;
  options.command = arguments.command;
  if (!arguments.level.empty()) options.level = level_of(arguments.level, "--verify");
  if (!arguments.require.empty()) options.level = std::max(options.level, level_of(arguments.require, "--require"));
  if (arguments.snapshot_after && arguments.no_snapshot_after) {
    cli::fail_usage("conflicting_options", "--snapshot-after and --no-snapshot-after exclude each other",
                    "--no-snapshot-after", "leave one of them out");
  }
  if (arguments.snapshot_after || arguments.no_snapshot_after) options.snapshot_after = arguments.snapshot_after;
  options.despite = arguments.despite;
  options.with_application = !arguments.no_app;
  return options;
}

Exit carry_out(Context& context, const std::string& on_unhealthy,
               const std::function<DeployResult(Repository&, const DatabaseConfig&, Observer&)>& deploy) {
  const OnUnhealthy choice = choice_of(on_unhealthy);
  const DatabaseConfig database = context.database();
  Repository repository = context.repository_for_writing();
  if (context.global().json) context.console().send_text(Console::Text::nowhere);
  DeployResult done;
  try {
    cli::ConsoleObserver observer(context.console());
    done = deploy(repository, database, observer);
  } catch (const Error& error) {
    if (error.exit() != Exit::partial) throw;
    return after_failure(context, repository, database, choice, error.info());
  }
  if (!done.healthy) {
    for (const std::string& warning : done.warnings) context.console().warning(warning);
    return after_failure(context, repository, database, choice, error_of(done));
  }
  if (context.global().json) context.console().document(to_json(done));
  say_deployed(context, done);
  return Exit::done;
}

}  // namespace dbrollback::commands
