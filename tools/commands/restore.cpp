#include "dbrollback/restore.hpp"

#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/input.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/candidates.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/restore_text.hpp"
#include "tools/commands/roles.hpp"

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
  bool undo = false;
  bool discard_old = false;
  std::vector<std::string> despite;
  RoleArguments roles;
  bool in_place = false;
  bool schema_only = false;
  bool data_only = false;
  std::optional<unsigned> jobs;
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
  const bool is_replaced = plan.kind == RestorePlan::Target::live || plan.kind == RestorePlan::Target::in_place;
  const bool wanted = is_replaced && plan.options.snapshot_before;
  if (source.repository || !wanted) return;
  try {
    source.repository = context.repository();
  } catch (const Error& error) {
    cli::fail_usage("no_repository", "the state before needs a repository for its snapshot: " + error.info().message,
                    error.info().object, "`--repository PATH` names another one, `--no-snapshot-before` does without");
  }
}

// Whether --into names a database as a configuration does, not a file: a URL, which may come from the environment.
bool is_url(const std::string& into) { return is_postgres_url(into) || into.starts_with("env:"); }

// Where the snapshot goes: the database that it is of, or the one that --into names, whose server and jobs are its own.
DatabaseConfig target_of(Context& context, const SnapshotSummary& snapshot, const Arguments& arguments) {
  DatabaseConfig database = is_url(arguments.into) ? select_database(context.config(), arguments.into)
                                                   : context.database_of(snapshot, arguments.into);
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  if (arguments.jobs) database.jobs = *arguments.jobs;
  return database;
}

RestorePlan make_plan(Context& context, Source& source, const Arguments& arguments) {
  RestoreOptions options{.id = source.snapshot.id,
                         .into = std::nullopt,
                         .tables = arguments.tables,
                         .snapshot_before = !arguments.no_snapshot_before,
                         .verify = !arguments.no_verify,
                         .allow_orphans = arguments.allow_orphans,
                         .elsewhere = is_url(arguments.into),
                         .schema_only = arguments.schema_only,
                         .data_only = arguments.data_only,
                         .despite = arguments.despite,
                         .roles = roles_of(arguments.roles),
                         .in_place = arguments.in_place};
  if (!arguments.into.empty() && !is_url(arguments.into)) {
    options.into = std::filesystem::absolute(arguments.into).lexically_normal();
  }
  cli::ConsoleObserver observer(context.console());
  return plan_restore(source.from(), target_of(context, source.snapshot, arguments), options, observer);
}

void confirm(Context& context, const Arguments& arguments, const RestorePlan& plan) {
  const bool is_new = plan.kind == RestorePlan::Target::new_file || plan.kind == RestorePlan::Target::new_database;
  if (is_new || context.global().yes) return;
  const std::string name = cli::printable(plan.database.name);
  cli::confirm(context.console(), "Type the name of the database, " + name + ", to restore it: ", name,
               "restoring into " + plan.target, arguments.answers());
}

// --undo and --discard-old are about a database, not about a snapshot: --into says which, where it is not the live one.
DatabaseConfig server_of(Context& context, const Arguments& arguments, const char* option) {
  for (const auto& [is_given, other] : {std::pair(!arguments.id.empty(), "a snapshot"),
                                        {!arguments.tables.empty(), "--tables"},
                                        {arguments.undo && arguments.discard_old, "--discard-old"},
                                        {arguments.in_place, "--in-place"},
                                        {arguments.schema_only, "--schema-only"},
                                        {arguments.data_only, "--data-only"},
                                        {!arguments.despite.empty(), "--despite"},
                                        {!roles_of(arguments.roles).as_stored(), "other roles"},
                                        {arguments.no_snapshot_before, "--no-snapshot-before"},
                                        {arguments.no_verify, "--no-verify"},
                                        {arguments.allow_orphans, "--allow-orphans"},
                                        {arguments.input.given(), "--input"},
                                        {!arguments.into.empty() && !is_url(arguments.into), "a file as --into"}}) {
    if (is_given) {
      cli::fail_usage("conflicting_options",
                      std::string(option) + " takes the whole database, and goes without " + other, option,
                      "leave one of them out");
    }
  }
  DatabaseConfig database =
      arguments.into.empty() ? context.database() : select_database(context.config(), arguments.into);
  if (!database.url_problem.empty()) cli::fail_usage("config", database.url_problem, database.name, "");
  if (database.engine != DatabaseConfig::Engine::postgres) {
    cli::fail_usage("not_a_server", std::string(option) + " is for PostgreSQL databases", database.name,
                    "`dbrollback list` shows the snapshot of the state before: restore that");
  }
  return database;
}

std::string into_text(const std::string& into) { return into.empty() ? "" : " --into " + cli::shell_quote(into); }

Exit undo(Context& context, const Arguments& arguments) {
  Console& console = context.console();
  DatabaseConfig database = server_of(context, arguments, "--undo");
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  const ReplacedDatabase back = last_replaced(database);
  const WrittenSinceSwap since = written_since_swap(database, back.name);
  console.say("back to the database " + cli::printable(back.name) + ", replaced " + cli::local_time(back.replaced) +
              ", " + cli::ago(back.replaced, cli::now()));
  say_written_since(console, since);
  if (arguments.dry_run) {
    if (context.global().json) console.document(to_json(back, since));
    console.say("dry run: nothing was changed");
    return Exit::done;
  }
  if (!context.global().yes) {
    const std::string name = cli::printable(database.name);
    cli::confirm(console, "Type the name of the database, " + name + ", to go back: ", name, "undoing a restore",
                 arguments.answers());
  }
  cli::ConsoleObserver observer(console);
  Repository repository = context.repository();
  const SwapResult result = undo_restore(repository, database, observer);
  if (context.global().json) console.document(to_json(result));
  console.say(console.paint("put " + cli::printable(result.restored) + " back", cli::Colour::bold) + " as " +
              cli::printable(result.target));
  cli::say_facts(console,
                 {{"replaced", "the database " + cli::printable(result.kept_database)},
                  {"took", "nobody could connect for " + cli::duration(result.downtime) + "; " +
                               cli::plural(result.sessions_ended, "session was", "sessions were") + " ended"}});
  cli::say_next(console, {{"once it is good", context.again("restore --discard-old" + into_text(arguments.into))}});
  return Exit::done;
}

Exit discard_old(Context& context, const Arguments& arguments) {
  Console& console = context.console();
  const DatabaseConfig database = server_of(context, arguments, "--discard-old");
  const std::vector<ReplacedDatabase> kept = replaced_databases(database);
  for (const ReplacedDatabase& each : kept) {
    console.say("drop the database " + cli::printable(each.name) + ", replaced " + cli::local_time(each.replaced) +
                (each.bytes ? ", " + cli::bytes(*each.bytes) : ""));
  }
  if (kept.empty()) console.say("no restore has left a database beside " + cli::printable(database.name));
  if (kept.empty() || arguments.dry_run) {
    if (context.global().json) console.document(to_json(kept, false));
    return Exit::done;
  }
  if (!context.global().yes) {
    const std::string name = cli::printable(database.name);
    cli::confirm(console, "Type the name of the database, " + name + ", to drop what it replaced: ", name,
                 "dropping a database", arguments.answers());
  }
  cli::ConsoleObserver observer(console);
  Repository repository = context.repository();
  for (const ReplacedDatabase& each : kept) {
    discard_replaced(repository, database, each.name, observer);
    console.say("dropped " + cli::printable(each.name));
  }
  if (context.global().json) console.document(to_json(kept, true));
  return Exit::done;
}

Exit run(Context& context, const Arguments& arguments) {
  if (arguments.undo) return undo(context, arguments);
  if (arguments.discard_old) return discard_old(context, arguments);
  cli::check_input(arguments.input, "restore");
  if (arguments.input.given() && !arguments.id.empty()) {
    cli::fail_usage("conflicting_options", "--input - brings its own snapshot", arguments.id,
                    "leave " + arguments.id + " or --input - out");
  }
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
  say_result(context, plan, result, plan.options.elsewhere ? into_text(arguments.into) : "");
  return Exit::done;
}

cli::Help help() {
  return {.usage = {"restore [ID] [OPTION]…", "restore --input - [OPTION]… < FILE"},
          .about =
              "Puts a snapshot back. It first says what will change, then asks for the name of the database, takes a "
              "snapshot of the state before, writes the restored pages into the live file in one transaction, and "
              "compares every page with the snapshot. Applications may stay connected: they see the old content or "
              "the new one, never a mixture. Beside a PostgreSQL database it builds another one, compares it with the "
              "snapshot, and gives it the live one's name; the old one is kept, for --undo; --in-place does without a "
              "second one. A restore that fails leaves "
              "the database as it was. ID is a full id, a "
              "unique beginning of one, `latest`, or `before:V`, the snapshot taken before version V; without it, "
              "`restore` lists the snapshots and asks.",
          .examples = {{"restore", "lists the snapshots and asks"},
                       {"restore before:v1.4.2", "the state before v1.4.2 was deployed"},
                       {"restore latest --dry-run", "only says what would change"},
                       {"restore latest --into /tmp/app-copy.db", "a copy beside the live database"},
                       {"restore latest --into postgresql://app@db/look", "a copy beside the live PostgreSQL database"},
                       {"restore latest --into URL --schema-only", "PostgreSQL: a new database with empty tables"},
                       {"restore --undo", "the PostgreSQL database that was replaced is live again"},
                       {"restore latest --in-place", "where this role may not create databases"},
                       {"restore latest --tables orders,order_items", "only these tables"},
                       {"restore --input - --into app.db < app.tar", "from `snapshot --output -`"}},
          .exits = {{Exit::done, "restored and, unless --no-verify, compared with the snapshot"},
                    {Exit::failed, "nothing was changed"},
                    {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                    {Exit::damaged, "the snapshot is damaged; the database was not touched"},
                    {Exit::refused,
                     "not confirmed, not safe, or the database changed since the plan was made; nothing was changed"},
                    {Exit::busy, "the database stayed locked; nothing was changed"},
                    {Exit::partial, "failed part way: the message says what the database holds and what to run next"}}};
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
  command.options.text("into", "PATH|URL", arguments->into,
                       "restore into this file, or this database of a server, instead of the live one");
  command.options.list(
      "tables", "A,B", arguments->tables,
      "restore only these tables (may be repeated; put a name with a comma in double quotes); of PostgreSQL "
      "with their schemas, as `show` lists them");
  command.options.flag("dry-run", arguments->dry_run, "say what would change, and change nothing");
  command.options.flag("no-snapshot-before", arguments->no_snapshot_before,
                       "take no snapshot of the state before: there is no undo");
  command.options.flag("no-verify", arguments->no_verify, "do not compare the result with the snapshot");
  command.options.flag("allow-orphans", arguments->allow_orphans,
                       "with --tables: restore even if rows of other tables then refer to rows that are gone");
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long to wait for those who read or write the database (default 5s)");
  command.options.flag("undo", arguments->undo,
                       "PostgreSQL: put the database that the last restore replaced back into its place");
  command.options.flag("discard-old", arguments->discard_old,
                       "PostgreSQL: drop the databases that restores have replaced");
  command.options.flag(
      "in-place", arguments->in_place,
      "PostgreSQL: replace everything in the database itself, in one transaction, for a role or a disk "
      "that has no room for a second one; nobody can use it meanwhile");
  command.options.number("jobs", arguments->jobs, 1, 64, "PostgreSQL: how many connections load (default 2)");
  declare_roles(command.options, arguments->roles);
  command.options.flag("schema-only", arguments->schema_only,
                       "PostgreSQL, with --into: a new database without rows, large objects and values of sequences");
  command.options.flag(
      "data-only", arguments->data_only,
      "PostgreSQL, with --into: only these, into tables that are there and empty. On one connection, "
      "in one transaction; triggers do not fire. Constraints are checked, also those NOT VALID. Where foreign keys "
      "that are not deferrable go in a circle, only a superuser can load, and no foreign key is checked");
  command.options.list("despite", "A,B", arguments->despite,
                       "PostgreSQL: restore although these stand in the way: prepared-transactions, logical-slots, "
                       "subscriptions, wal-senders, foreign-sessions, background-workers");
  cli::declare_input(command.options, arguments->input);
  return command;
}

}  // namespace dbrollback::commands
