#include "dbrollback/deploy.hpp"

#include <memory>

#include "dbrollback/json.hpp"
#include "dbrollback/rollback.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/deploy_run.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

Exit abandon(Context& context) {
  const DatabaseConfig database = context.database();
  Repository repository = context.repository();
  cli::ConsoleObserver observer(context.console());
  const std::vector<std::string> now = abandon_run(repository, database, "deploy", observer);
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"abandoned", true}, {"state", cli::join(now, "; ")}}));
  }
  context.console().say("given up; nothing was run");
  for (const std::string& sentence : now) context.console().say("  " + sentence);
  return Exit::done;
}

Exit run(Context& context, const DeployArguments& arguments) {
  if (arguments.resume && arguments.abandon) {
    cli::fail_usage("conflicting_options", "--resume goes on, and --abandon gives up", "--abandon",
                    "leave one of them out");
  }
  if (arguments.abandon) return abandon(context);
  const DeployOptions options = deploy_options(arguments);
  return carry_out(
      context, arguments.on_unhealthy, [&](Repository& repository, const DatabaseConfig& database, Observer& observer) {
        return arguments.resume ? resume_deploy(repository, context.config(), database, options.command, observer)
                                : deploy(repository, context.config(), database, options, observer);
      });
}

cli::Help help() {
  return {
      .usage = {"deploy --app-version V [OPTION]… [-- COMMAND …]", "deploy --resume [-- COMMAND …]",
                "deploy --abandon"},
      .about =
          "What a pipeline runs instead of its migrations. It takes a snapshot and proves it, keeps the scripts and "
          "the "
          "configuration files with the release, runs the migrations (or COMMAND, whose output goes to stderr), reads "
          "the new schema, asks the integrity queries, stops the application, switches it to V and starts it where "
          "[app] of the configuration says how, waits until it is healthy, and confirms the release. It refuses to "
          "migrate without a good snapshot. Whatever fails, the message says what state things are in; `rollback` "
          "takes a release back. A deploy whose process died is gone on with by --resume.",
      .examples = {{"deploy --app-version v1.4.2", "with the migrations and the application as configured"},
                   {"deploy --app-version v1.4.2 --on-unhealthy rollback", "goes back by itself"},
                   {"deploy --app-version v1.4.2 --require restored", "only with a snapshot that was really restored"},
                   {"deploy --app-version v1.4.2 -- npm run migrate", "another tool runs the migrations"},
                   {"deploy --resume", "goes on after a crash"}},
      .exits = {{Exit::done, "deployed, and confirmed as healthy"},
                {Exit::failed, "failed; nothing was changed"},
                {Exit::usage, "a wrong option or configuration"},
                {Exit::refused, "no good snapshot, a dirty tree or migration, or a run that is not over"},
                {Exit::busy, "the database or another deploy was in the way; nothing was changed"},
                {Exit::partial, "failed after something was changed, or not healthy: the message says what to type"},
                {Exit::rolled_back, "the deploy failed and was rolled back"}}};
}

}  // namespace

cli::Command deploy_command() {
  const auto arguments = std::make_shared<DeployArguments>();
  cli::Command command{.name = "deploy",
                       .summary = "snapshot, proof, migrations, application, health",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  declare_deploy(command.options, *arguments);
  command.options.text("on-unhealthy", "WHAT", arguments->on_unhealthy,
                       "when it fails after the migrations began, or is not healthy: rollback, ask or leave (default)");
  command.options.flag("no-app", arguments->no_app, "do not stop, switch or start the application");
  command.options.flag("resume", arguments->resume, "go on with a deploy whose process died");
  command.options.flag("abandon", arguments->abandon, "give such a deploy up, and leave everything as it is");
  command.options.rest(arguments->command);
  return command;
}

}  // namespace dbrollback::commands
