#include "dbrollback/restore.hpp"

#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/input.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/candidates.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/restore_text.hpp"

namespace dbrollback::commands {
namespace {

using cli::AnswersFrom;
using cli::Console;
using cli::Context;

struct Arguments {
  std::string id;
  std::string into;
  std::vector<std::string> tables;
  bool dry_run = false;
  bool no_snapshot_before = false;
  bool no_verify = false;
  bool allow_orphans = false;
  std::optional<std::chrono::milliseconds> lock_timeout;
  cli::InputArguments input;

  [[nodiscard]] AnswersFrom answers() const {
    return input.given() ? AnswersFrom::terminal : AnswersFrom::standard_input;
  }
};

// Where the snapshot is, and where that of the state before goes.
struct Source {
  std::optional<Repository> repository;
  std::unique_ptr<SpooledSnapshot> spooled;
  SnapshotSummary snapshot;

  [[nodiscard]] Repository& from() { return spooled ? spooled->repository() : *repository; }
};

Source find_source(Context& context, const Arguments& arguments) {
  Source source;
  if (arguments.input.given()) {
    source.spooled = cli::read_input(context, arguments.input);
    source.snapshot = source.from().resolve(source.spooled->id());
    return source;
  }
  source.repository = context.repository();
  source.snapshot = arguments.id.empty() ? choose_snapshot(context, *source.repository)
                                         : context.resolve(*source.repository, arguments.id);
  return source;
}

// Opens the repository for the snapshot of the state before, when the plan takes one.
void prepare_before(Context& context, Source& source, const RestorePlan& plan) {
  const bool wanted = plan.kind == RestorePlan::Target::live && plan.options.snapshot_before;
  if (source.repository || !wanted) return;
  try {
    source.repository = context.repository();
  } catch (const Error& error) {
    cli::fail_usage("no_repository", "the state before needs a repository for its snapshot: " + error.info().message,
                    error.info().object, "`--repository PATH` names another one, `--no-snapshot-before` does without");
  }
}

void refuse_server(const std::string& into) {
  if (is_postgres_url(into)) {
    cli::fail_usage("unsupported_database",
                    "--into takes the path of a file: PostgreSQL is not supported by this version", "--into",
                    "restore into a file with `--into PATH`");
  }
}

RestorePlan make_plan(Context& context, Source& source, const Arguments& arguments) {
  RestoreOptions options{.id = source.snapshot.id,
                         .into = std::nullopt,
                         .tables = arguments.tables,
                         .snapshot_before = !arguments.no_snapshot_before,
                         .verify = !arguments.no_verify,
                         .allow_orphans = arguments.allow_orphans};
  if (!arguments.into.empty()) options.into = std::filesystem::absolute(arguments.into).lexically_normal();
  DatabaseConfig database = context.database_of(source.snapshot, arguments.into);
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  cli::ConsoleObserver observer(context.console());
  return plan_restore(source.from(), database, options, observer);
}

void confirm(Context& context, const Arguments& arguments, const RestorePlan& plan) {
  if (plan.kind == RestorePlan::Target::new_file || context.global().yes) return;
  const std::string name = cli::printable(plan.database.name);
  cli::confirm(context.console(), "Type the name of the database, " + name + ", to restore it: ", name,
               "restoring into " + plan.target.string(), arguments.answers());
}

Exit run(Context& context, const Arguments& arguments) {
  cli::check_input(arguments.input, "restore");
  if (arguments.input.given() && !arguments.id.empty()) {
    cli::fail_usage("conflicting_options", "--input - brings its own snapshot", arguments.id,
                    "leave " + arguments.id + " or --input - out");
  }
  refuse_server(arguments.into);
  Console& console = context.console();
  Source source = find_source(context, arguments);
  const RestorePlan plan = make_plan(context, source, arguments);

  if (arguments.dry_run) {
    if (context.global().json) console.document(to_json(plan));
    say_plan(console, plan);
    console.say("dry run: nothing was changed");
    return Exit::done;
  }
  prepare_before(context, source, plan);
  // Whoever is asked must see the plan, whatever standard output is for.
  if (context.global().json && !context.global().yes) console.send_text(Console::Text::to_stderr);
  say_plan(console, plan);
  if (context.global().json) console.send_text(Console::Text::nowhere);
  confirm(context, arguments, plan);

  const RestoreResult result = [&] {
    cli::ConsoleObserver observer(console);
    return execute_restore(source.from(), source.repository ? &*source.repository : nullptr, plan, observer);
  }();
  if (context.global().json) console.document(to_json(result));
  console.say();
  say_result(context, plan, result);
  return Exit::done;
}

cli::Help help() {
  return {.usage = {"restore [ID] [OPTION]…", "restore --input - [OPTION]… < FILE"},
          .about =
              "Puts a snapshot back. It first says what will change, then asks for the name of the database, takes a "
              "snapshot of the state before, writes the restored pages into the live file in one transaction, and "
              "compares every page with the snapshot. Applications may stay connected: they see the old content or "
              "the new one, never a mixture. A restore that fails leaves the database as it was. ID is a full id, a "
              "unique beginning of one, `latest`, or `before:V`, the snapshot taken before version V; without it, "
              "`restore` lists the snapshots and asks.",
          .examples = {{"restore", "lists the snapshots and asks"},
                       {"restore before:v1.4.2", "the state before v1.4.2 was deployed"},
                       {"restore latest --dry-run", "only says what would change"},
                       {"restore latest --into /tmp/app-copy.db", "a copy beside the live database"},
                       {"restore latest --tables orders,order_items", "only these tables"},
                       {"restore --input - --into app.db < app.tar", "from `snapshot --output -`"}},
          .exits = {{Exit::done, "restored and, unless --no-verify, compared with the snapshot"},
                    {Exit::failed, "nothing was changed"},
                    {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                    {Exit::damaged, "the snapshot is damaged; the database was not touched"},
                    {Exit::refused,
                     "not confirmed, not safe, or the database changed since the plan was made; nothing was changed"},
                    {Exit::busy, "the database stayed locked; nothing was changed"},
                    {Exit::partial, "failed part way: the message says what the database holds and what to run"}}};
}

}  // namespace

cli::Command restore_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "restore",
                       .summary = "put a snapshot back",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  command.options.text("into", "PATH", arguments->into, "restore into this file instead of the live database");
  command.options.list("tables", "A,B", arguments->tables,
                       "restore only these tables (may be repeated; put a name with a comma in double quotes)");
  command.options.flag("dry-run", arguments->dry_run, "say what would change, and change nothing");
  command.options.flag("no-snapshot-before", arguments->no_snapshot_before,
                       "take no snapshot of the state before: there is no undo");
  command.options.flag("no-verify", arguments->no_verify, "do not compare the result with the snapshot");
  command.options.flag("allow-orphans", arguments->allow_orphans,
                       "with --tables: restore even if rows of other tables then refer to rows that are gone");
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long to wait for those who read or write the database (default 5s)");
  cli::declare_input(command.options, arguments->input);
  return command;
}

}  // namespace dbrollback::commands
