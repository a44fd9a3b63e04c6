#include "dbrollback/status.hpp"

#include <algorithm>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Colour;
using cli::Console;
using cli::Context;

std::string release_text(const Release& release) {
  return cli::printable(release.version) + ", " + to_string(release.state) + " " +
         cli::ago(release.changed, cli::now());
}

std::string schema_text(const DatabaseStatus& status) {
  if (!status.problem.empty()) return {};
  std::string out = status.format.empty()    ? "no migrations are configured"
                    : status.version.empty() ? "no migration is applied"
                                             : "version " + cli::printable(status.version);
  if (!status.migrations_problem.empty()) out = "of unknown version: " + status.migrations_problem;
  if (status.pending > 0) out += ", " + cli::plural(status.pending, "migration", "migrations") + " pending";
  if (!status.is_as_released && !status.unfinished) out += "; somebody has changed the schema since the release";
  return out;
}

// The step that an unfinished run was in, or the next one.
std::string step_text(const Run& run) {
  const auto is_open = [](const RunStep& step) {
    return step.state == RunStep::State::running || step.state == RunStep::State::failed;
  };
  auto step = std::ranges::find_if(run.steps, is_open);
  if (step == run.steps.end()) step = std::ranges::find(run.steps, RunStep::State::pending, &RunStep::state);
  if (step == run.steps.end()) return "all of its steps are done";
  return "in the step `" + step->title + "`" +
         (step->state == RunStep::State::failed && !step->details.empty() ? ", which failed: " + step->details.back()
                                                                          : "");
}

void say_unfinished(Context& context, const DatabaseStatus& status) {
  Console& console = context.console();
  const Run& run = *status.unfinished;
  const bool is_rollback = run.command == "rollback";
  const std::string to = run.fact("to");
  const std::string what = "a " + run.command + " to " +
                           (to.empty() ? "the state before " + cli::printable(run.fact("from")) : cli::printable(to)) +
                           " that began " + cli::ago(run.started, cli::now());
  if (status.is_under_way) {
    console.say(console.paint(what + " is under way", Colour::yellow) + ", " + cli::printable(step_text(run)));
    return;
  }
  console.say(console.paint(what + " is not over", Colour::red) + ", " + cli::printable(step_text(run)));
  if (is_rollback) {
    cli::say_next(console, {{"to go on", context.again("rollback --resume")},
                            {"to go on step by step", context.again("rollback --resume --manual")},
                            {"to give it up", context.again("rollback --abandon")}});
  } else {
    cli::say_next(console, {{"to go on", context.again("deploy --resume")},
                            {"to take it back", context.again("rollback")},
                            {"to give it up", context.again("deploy --abandon")}});
  }
}

void say_one(Context& context, Repository& repository, const DatabaseStatus& status) {
  Console& console = context.console();
  console.say(console.paint(cli::printable(status.database), Colour::bold) +
              (status.location.empty() ? "" : "  " + cli::printable(status.location)));
  auto snapshots = repository.list(status.database);
  std::erase_if(snapshots, [](const SnapshotSummary& each) { return each.only_by_id(); });
  cli::say_facts(console, {{"release", status.release ? release_text(*status.release) : "none by dbrollback"},
                           {"schema", schema_text(status)},
                           {"newest", snapshots.empty() ? "no snapshot"
                                                        : snapshots.back().id + ", " +
                                                              cli::proof_cell(snapshots.back(), cli::now()).text}});
  if (!status.problem.empty()) console.warning("the database cannot be read: " + status.problem);
  if (!status.half_way.empty()) {
    console.say(console.paint(cli::printable(status.half_way), Colour::red));
    cli::say_next(console, {{"what mends it", context.again("migrate status")}});
  }
  if (status.unfinished) {
    say_unfinished(context, status);
    return;
  }
  const bool is_unconfirmed = status.release && status.release->state != Release::State::confirmed;
  if (is_unconfirmed) {
    console.say("the release is not confirmed");
    cli::Facts next;
    if (status.can_be_confirmed) next.emplace_back("if it is good", context.again("hook post-deploy"));
    if (!status.is_between_hooks) {
      const std::string version = cli::shell_quote(status.release->version);
      next.emplace_back("once it is mended", context.again("deploy --app-version " + version));
    }
    next.emplace_back("to go back", context.again("rollback"));
    cli::say_next(console, next);
  }
}

Exit run(Context& context) {
  std::vector<DatabaseConfig> databases;
  if (context.database_name().empty() && context.config().databases.size() > 1) {
    databases = context.config().databases;
  } else {
    databases.push_back(context.database());
  }
  Repository repository = context.repository();
  std::vector<DatabaseStatus> all;
  {
    cli::ConsoleObserver observer(context.console());
    for (const DatabaseConfig& database : databases) all.push_back(database_status(repository, database, observer));
  }
  if (context.global().json) context.console().document(to_json(all));
  for (const DatabaseStatus& status : all) say_one(context, repository, status);
  const auto needs_somebody = [](const DatabaseStatus& each) {
    // One that was given up is as somebody wanted it.
    const bool is_over = each.release && (each.release->state == Release::State::confirmed ||
                                          each.release->state == Release::State::abandoned);
    const bool is_stuck = each.release && !is_over && !each.is_between_hooks;
    return each.unfinished || !each.half_way.empty() || is_stuck;
  };
  const bool is_unclear = std::ranges::any_of(all, needs_somebody);
  return is_unclear ? Exit::partial : Exit::done;
}

}  // namespace

cli::Command status_command() {
  return {
      .name = "status",
      .summary = "what state the database, the release and an unfinished run are in",
      .help = {.usage = {"status [--database NAME]"},
               .about = "Says which release is in effect and whether it is confirmed, which version the schema has, "
                        "and whether a deploy or a rollback is under way or stopped part way, with the commands "
                        "that lead out of that. Changes nothing.",
               .examples = {{"status", ""}, {"status --json", "for scripts"}},
               .exits = {{Exit::done, "all is well, or `hook post-deploy` is still to come"},
                         {Exit::failed, "the repository could not be read"},
                         {Exit::usage, "a wrong option or configuration, or no repository"},
                         {Exit::partial,
                          "a deploy or a rollback is under way or stopped part way, the release is not confirmed, or a "
                          "migration is half way"}}},
      .options = {},
      .run = run};
}

}  // namespace dbrollback::commands
