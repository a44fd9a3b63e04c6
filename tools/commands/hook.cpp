#include <memory>

#include "dbrollback/deploy.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/deploy_run.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct HookArguments {
  std::string part;
  DeployArguments deploy;
};

Exit run(Context& context, const HookArguments& arguments) {
  DeployOptions options = deploy_options(arguments.deploy);
  if (arguments.part == "pre-deploy") {
    options.part = DeployOptions::Part::before;
  } else if (arguments.part == "post-deploy") {
    options.part = DeployOptions::Part::after;
  } else {
    cli::fail_usage(arguments.part.empty() ? "missing_argument" : "bad_value",
                    arguments.part.empty() ? "`hook` needs to be told which one: pre-deploy or post-deploy"
                                           : "there is no hook '" + cli::printable(arguments.part) + "'",
                    arguments.part, context.again("hook pre-deploy --app-version V"));
  }
  return carry_out(context, arguments.deploy.on_unhealthy,
                   [&](Repository& repository, const DatabaseConfig& database, Observer& observer) {
                     return deploy(repository, context.config(), database, options, observer);
                   });
}

cli::Help help() {
  return {
      .usage = {"hook pre-deploy --app-version V [OPTION]… [-- COMMAND …]", "hook post-deploy [--app-version V]"},
      .about =
          "A deploy in two, for a pipeline that deploys the application itself. `pre-deploy` takes and proves the "
          "snapshot, keeps what the release needs for a way back, and runs the migrations (or COMMAND); the "
          "application is not touched. `post-deploy` asks whether the application is healthy, and confirms the "
          "release. Between them, and after them, `rollback` goes back.",
      .examples = {{"hook pre-deploy --app-version v1.4.2", "before the pipeline deploys the application"},
                   {"hook pre-deploy --app-version v1.4.2 -- npm run migrate", "another tool runs the migrations"},
                   {"hook post-deploy --on-unhealthy rollback", "after it"}},
      .exits = {{Exit::done, "done"},
                {Exit::failed, "failed; nothing was changed"},
                {Exit::usage, "a wrong option or configuration"},
                {Exit::refused, "no good snapshot, a dirty tree or migration, or nothing waits to be confirmed"},
                {Exit::busy, "the database or another deploy was in the way; nothing was changed"},
                {Exit::partial, "failed after something was changed, or not healthy: the message says what to type"},
                {Exit::rolled_back, "not healthy, and rolled back"}}};
}

}  // namespace

cli::Command hook_command() {
  const auto arguments = std::make_shared<HookArguments>();
  cli::Command command{.name = "hook",
                       .summary = "a deploy in two, around a pipeline's own",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("WHICH", arguments->part);
  declare_deploy(command.options, arguments->deploy);
  command.options.text("on-unhealthy", "WHAT", arguments->deploy.on_unhealthy,
                       "post-deploy, when it is not healthy: rollback, ask or leave (default)");
  command.options.rest(arguments->deploy.command);
  return command;
}

}  // namespace dbrollback::commands
