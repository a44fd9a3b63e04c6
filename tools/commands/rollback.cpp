#include "dbrollback/rollback.hpp"

#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/rollback_text.hpp"

namespace dbrollback::commands {
namespace {

using cli::AnswersFrom;
using cli::Context;

struct Arguments {
  std::string to;
  std::string strategy;
  std::string reason;
  std::vector<std::string> despite;
  bool manual = false;
  bool dry_run = false;
  bool exact = false;
  bool no_snapshot_first = false;
  bool no_app = false;
  bool resume = false;
  bool abandon = false;
};

RollbackOptions options_of(const Arguments& arguments) {
  RollbackOptions options;
  options.to = arguments.to;
  if (!arguments.strategy.empty()) {
    options.strategy = strategy_from_string(arguments.strategy);
    if (!options.strategy) {
      cli::fail_usage("bad_value",
                      "--strategy takes app, reverse or restore, not '" + cli::printable(arguments.strategy) + "'",
                      "--strategy", "");
    }
  }
  options.exact = arguments.exact;
  options.snapshot_first = !arguments.no_snapshot_first;
  options.with_application = !arguments.no_app;
  options.despite = arguments.despite;
  options.trigger = arguments.reason.empty() ? "by hand" : arguments.reason;
  return options;
}

// Asks before each step, where that is wanted.
AskStep asking(Context& context, const Arguments& arguments) {
  if (!arguments.manual) return {};
  if (!cli::can_ask(context.console(), AnswersFrom::standard_input)) {
    cli::fail_usage("no_terminal", "--manual asks before each step, and there is nobody to ask", "--manual",
                    "run it in a terminal, or leave --manual out");
  }
  return [&context](const RunStep& step) {
    for (;;) {
      const std::string answer =
          cli::ask(context.console(), step.title + "? [run/skip/stop] ", AnswersFrom::standard_input);
      if (answer == "run" || answer == "r" || answer == "y" || answer == "yes") return StepChoice::run;
      if (answer == "skip" || answer == "s") return StepChoice::skip;
      if (answer == "stop" || answer == "q" || answer.empty()) return StepChoice::stop;
    }
  };
}

Exit say_result(Context& context, const RollbackResult& result) {
  if (context.global().json) context.console().document(to_json(result));
  context.console().say();
  say_rolled_back(context, result);
  return Exit::done;
}

Exit abandon(Context& context, const DatabaseConfig& database) {
  Repository repository = context.repository();
  cli::ConsoleObserver observer(context.console());
  const std::vector<std::string> now = abandon_run(repository, database, "rollback", observer);
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"abandoned", true}, {"state", cli::join(now, "; ")}}));
  }
  context.console().say("given up; nothing was run");
  for (const std::string& sentence : now) context.console().say("  " + sentence);
  return Exit::done;
}

Exit resume(Context& context, const DatabaseConfig& database, const Arguments& arguments) {
  const AskStep ask = asking(context, arguments);
  Repository repository = context.repository();
  if (context.global().json) context.console().send_text(cli::Console::Text::nowhere);
  cli::ConsoleObserver observer(context.console());
  return say_result(context, resume_rollback(repository, context.config(), database, ask, observer));
}

Exit run(Context& context, const Arguments& arguments) {
  const DatabaseConfig database = context.database();
  if (arguments.resume && arguments.abandon) {
    cli::fail_usage("conflicting_options", "--resume goes on, and --abandon gives up", "--abandon",
                    "leave one of them out");
  }
  if (arguments.abandon) return abandon(context, database);
  if (arguments.resume) return resume(context, database, arguments);

  const RollbackOptions options = options_of(arguments);
  const AskStep ask = arguments.dry_run ? AskStep() : asking(context, arguments);
  Repository repository = context.repository();
  cli::Console& console = context.console();
  cli::ConsoleObserver observer(console);
  const RollbackPlan plan = plan_rollback(repository, context.config(), database, options, observer);
  console.end_progress();
  if (arguments.dry_run) {
    if (context.global().json) console.document(to_json(plan));
    say_rollback_plan(context, plan);
    console.say();
    console.say("dry run: nothing was changed");
    return Exit::done;
  }
  // Whoever is asked must see the plan, whatever standard output is for.
  if (context.global().json && !context.global().yes) console.send_text(cli::Console::Text::to_stderr);
  say_rollback_plan(context, plan);
  if (context.global().json) console.send_text(cli::Console::Text::nowhere);
  if (!context.global().yes) {
    const std::string name = cli::printable(database.name);
    console.say();
    cli::confirm(console, "Type the name of the database, " + name + ", to go back: ", name, "rolling back " + name);
  }
  return say_result(context, execute_rollback(repository, context.config(), database, plan, ask, observer));
}

cli::Help help() {
  return {
      .usage = {"rollback [--to V] [--strategy app|reverse|restore] [OPTION]…", "rollback --dry-run",
                "rollback --resume [--manual]", "rollback --abandon"},
      .about =
          "Takes a release back: the database and the application together. It first prints a plan: what each way back "
          "would lose and how long it would take, and which one it proposes. `app` switches the application alone, "
          "where the database needs no change; `reverse` runs the down scripts that were kept with the release; "
          "`restore` puts the snapshot back that was taken before it. Then it asks for the name of the database, "
          "collects evidence, goes that way, proves that the schema is what it was, puts configuration files back, "
          "switches and starts the application, waits until it is healthy, and leaves a report. On PostgreSQL the "
          "state that was left stays beside, on SQLite as a snapshot. What stops part way is gone on with by --resume.",
      .examples = {{"rollback --dry-run", "what each way back would cost; changes nothing"},
                   {"rollback", "back to the last version that was good"},
                   {"rollback --to v1.4.1 --strategy restore", "that version, by restoring"},
                   {"rollback --manual", "asks before each step"},
                   {"rollback --resume", "goes on after a crash or a failure"},
                   {"report latest:rollback --format html --output incident.html", "the report afterwards"}},
      .exits = {{Exit::done, "rolled back and proven, and the application is healthy"},
                {Exit::failed, "failed; nothing was changed"},
                {Exit::usage, "a wrong option or configuration, or no such release"},
                {Exit::damaged, "the snapshot is damaged; nothing was changed"},
                {Exit::refused, "not confirmed, no way back, or something changed since the plan; nothing was changed"},
                {Exit::busy, "the database, a deploy or another rollback was in the way; nothing was changed"},
                {Exit::partial, "stopped part way: the message says what state things are in; --resume goes on"}}};
}

}  // namespace

cli::Command rollback_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "rollback",
                       .summary = "take a release back, database and application",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.text("to", "V", arguments->to, "the version to go back to; otherwise the last that was good");
  command.options.text("strategy", "WAY", arguments->strategy,
                       "app, reverse or restore; otherwise what the plan proposes");
  command.options.text("reason", "TEXT", arguments->reason, "why, for the report");
  command.options.flag("dry-run", arguments->dry_run, "print the plan, and change nothing");
  command.options.flag("exact", arguments->exact,
                       "count what a restore would take away row by row, by key, however long that takes");
  command.options.flag("manual", arguments->manual, "ask before each step; a step may be skipped");
  command.options.flag("no-snapshot-first", arguments->no_snapshot_first,
                       "reverse: take no snapshot before down scripts that are not proven");
  command.options.flag("no-app", arguments->no_app, "do not stop, switch or start the application");
  command.options.list("despite", "A,B", arguments->despite, "restore on PostgreSQL: as of `restore --despite`");
  command.options.flag("resume", arguments->resume, "go on with a rollback that is not over");
  command.options.flag("abandon", arguments->abandon, "give such a rollback up, and leave everything as it is");
  return command;
}

}  // namespace dbrollback::commands
