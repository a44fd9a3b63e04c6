#include <unistd.h>

#include <memory>
#include <utility>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Console;
using cli::Context;

struct Arguments {
  std::string app_version;
  std::string pin;
  std::string output;
  bool full = false;
  std::optional<unsigned> level;
  std::optional<unsigned> threads;
  std::optional<std::chrono::milliseconds> max_writer_pause;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::optional<unsigned> jobs;
  std::optional<std::chrono::milliseconds> yield_after;
  std::optional<std::uint64_t> max_rate;
  std::vector<std::string> tables;
  std::vector<std::string> exclude_tables;
};

void check(const Context& context, const Console& console, const Arguments& arguments) {
  if (arguments.output.empty()) return;
  if (arguments.output != "-") {
    cli::fail_usage("bad_value", "--output takes only '-', standard output", "--output",
                    "without --output the snapshot goes to the repository; "
                    "`dbrollback export ID FILE` writes a plain SQLite file");
  }
  if (context.global().json) {
    cli::fail_usage("conflicting_options", "--output - and --json both want standard output", "--json",
                    "leave one of them out");
  }
  if (!arguments.pin.empty()) {
    cli::fail_usage("conflicting_options", "--pin protects a snapshot from `prune`; one on standard output needs none",
                    "--pin", "leave one of --pin and --output out");
  }
  if (console.out_screen().terminal) {
    cli::fail_usage("output_is_terminal", "standard output is a terminal, and a snapshot is not text", "--output",
                    "dbrollback snapshot --output - > FILE.tar");
  }
}

// An option that a database of this kind has no use for promises what nobody keeps.
void check_kind(const DatabaseConfig& database, const Arguments& arguments) {
  if (!database.url_problem.empty()) return;
  const auto refuse = [&](bool given, const char* option, const char* kind) {
    if (!given) return;
    cli::fail_usage("wrong_kind_of_database",
                    std::string(option) + " is for " + kind + " only, and " + database.name + " is none", option,
                    "leave " + std::string(option) + " out");
  };
  if (database.engine == DatabaseConfig::Engine::postgres) {
    refuse(arguments.max_writer_pause.has_value(), "--max-writer-pause", "SQLite databases");
  } else {
    refuse(arguments.jobs.has_value(), "--jobs", "PostgreSQL databases");
    refuse(arguments.yield_after.has_value(), "--yield-after", "PostgreSQL databases");
    refuse(arguments.max_rate.has_value(), "--max-rate", "PostgreSQL databases");
    refuse(!arguments.tables.empty(), "--tables", "PostgreSQL databases");
    refuse(!arguments.exclude_tables.empty(), "--exclude-tables", "PostgreSQL databases");
  }
}

DatabaseConfig database(Context& context, const Arguments& arguments) {
  DatabaseConfig database = context.database();
  check_kind(database, arguments);
  if (arguments.level) database.level = static_cast<int>(*arguments.level);
  if (arguments.threads) database.threads = *arguments.threads;
  if (arguments.max_writer_pause) database.max_writer_pause = *arguments.max_writer_pause;
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  if (arguments.jobs) database.jobs = *arguments.jobs;
  if (arguments.yield_after) database.yield_after = *arguments.yield_after;
  if (arguments.max_rate) database.max_rate = *arguments.max_rate;
  return database;
}

std::string checks_text(const SnapshotDetails& details) {
  if (details.checks.empty()) return {};
  const std::size_t all = details.checks.size();
  const auto failed = static_cast<std::size_t>(details.summary.failed_checks);
  if (failed == 0) return cli::plural(all, "check as expected", "checks as expected");
  return cli::count(failed) + " of " + cli::plural(all, "check", "checks") + " not as expected";
}

void report(Context& context, const SnapshotDetails& details, bool streamed) {
  Console& console = context.console();
  const SnapshotSummary& snapshot = details.summary;
  console.say(console.paint("snapshot " + snapshot.id, cli::Colour::bold) + " of " + snapshot.database);
  cli::say_facts(console,
                 {{"size", cli::bytes(snapshot.raw_bytes) + ", stored in " + cli::bytes(snapshot.stored_bytes)},
                  {"unchanged", cli::unchanged_text(details)},
                  {"rows", cli::count(snapshot.rows) + " in " + cli::plural(snapshot.tables, "table", "tables")},
                  {"chosen", cli::partial_text(snapshot)},
                  {"checks", checks_text(details)},
                  {"took", cli::duration(snapshot.duration)}});
  const std::string into = snapshot.partial ? " --into URL" : "";
  const std::string what = snapshot.partial ? "to restore it" : "to put it back";
  if (streamed) {
    cli::say_next(console, {{"to prove it", "dbrollback verify --input - < FILE"},
                            {what, context.again("restore --input -" + into) + " < FILE"}});
  } else {
    cli::say_next(console, {{"to prove it", context.again("verify " + snapshot.id + " --level restored")},
                            {what, context.again("restore " + snapshot.id + into)}});
  }
}

// Damage that keeps a snapshot from being taken is a failure: status 3 says that there is one.
template <class Take>
SnapshotDetails taken(Take take) {
  try {
    return take();
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.exit = info.exit == Exit::damaged ? Exit::failed : info.exit;
    throw Error(std::move(info));
  }
}

Exit run(Context& context, const Arguments& arguments) {
  Console& console = context.console();
  check(context, console, arguments);
  const SnapshotOptions options{.app_version = arguments.app_version,
                                .pin = arguments.pin,
                                .full = arguments.full,
                                .tables = arguments.tables,
                                .exclude_tables = arguments.exclude_tables};
  const bool streamed = arguments.output == "-";
  if (streamed) console.send_text(context.global().quiet ? Console::Text::nowhere : Console::Text::to_stderr);

  const SnapshotDetails details = taken([&] {
    const DatabaseConfig of = database(context, arguments);
    cli::ConsoleObserver observer(console);
    if (streamed) return stream_snapshot(STDOUT_FILENO, of, options, observer);
    Repository repository = context.repository_for_writing();
    return take_snapshot(repository, of, options, observer);
  });

  if (context.global().json) console.document(to_json(details));
  report(context, details, streamed);
  for (const CheckResult& result : details.checks) {
    if (!result.ok) console.warning(cli::failed_check_text(result));
  }
  if (details.summary.failed_checks == 0) return Exit::done;
  console.warning("the snapshot is complete, but the data in it is not what the checks expect");
  return Exit::damaged;
}

cli::Help help() {
  return {
      .usage = {"snapshot [OPTION]…"},
      .about =
          "Takes a snapshot of a database while applications go on using it: every page as it is at one moment, "
          "compressed, with a hash for each part, the number of rows of each table and the results of the "
          "configured checks. Nothing is written to the database. The snapshot is in the repository only once it "
          "is whole; a failure or an interrupt leaves nothing behind. Of a PostgreSQL database, tables can be chosen "
          "by patterns with * and ?: `orders` in any schema, `audit.*` by schema and name. Only their rows are "
          "stored then, with the whole schema; such a snapshot is never `latest`, and is restored into another "
          "database only. Large objects are left out of it, unless a pattern means pg_catalog.pg_largeobject.",
      .examples = {{"snapshot --app-version v1.4.2",
                    "before deploying v1.4.2; `dbrollback restore before:v1.4.2` finds it again"},
                   {"snapshot --database sqlite:/srv/app/app.db", "without a configuration file"},
                   {"snapshot --exclude-tables 'audit.*,*_log'", "of PostgreSQL, without the rows of some tables"},
                   {"snapshot --output - | ssh backup 'cat > app.tar'",
                    "to another machine, with nothing on this disk"}},
      .exits = {
          {Exit::done, "the snapshot was taken, and every check was as expected"},
          {Exit::failed, "no snapshot was taken; among others because the database is damaged"},
          {Exit::usage, "a wrong option or configuration, no database of that name, or a pattern that means no table"},
          {Exit::damaged, "the snapshot was taken and is complete, but a check was not as expected"},
          {Exit::busy,
           "no snapshot was taken: the database stayed locked, a writer would have had to wait too long, or "
           "another snapshot of it is being taken"}}};
}

}  // namespace

cli::Command snapshot_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "snapshot",
                       .summary = "take a snapshot of a database",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.text("app-version", "V", arguments->app_version,
                       "the version about to be deployed; it becomes part of the id, and before:V finds the snapshot");
  command.options.text("pin", "REASON", arguments->pin, "never remove this snapshot, because of REASON");
  command.options.flag("full", arguments->full,
                       "store every page; otherwise those that have not changed since the snapshot before are only "
                       "referred to");
  command.options.text("output", "-", arguments->output,
                       "write the snapshot to standard output as a tar archive instead of to the repository");
  command.options.number("level", arguments->level, 1, 19, "zstd compression level, 1 to 19; otherwise as configured");
  command.options.number("threads", arguments->threads, 0, 256,
                         "compression threads; 0, the default, is one for each core");
  command.options.duration("max-writer-pause", arguments->max_writer_pause,
                           "SQLite only: how long writers may be held up when the database is not in WAL mode "
                           "(default 5s)");
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long to wait for a locked database (default 5s)");
  command.options.number("jobs", arguments->jobs, 1, 64,
                         "PostgreSQL only: connections that read at the same time, 1 to 64 (default 2)");
  command.options.duration("yield-after", arguments->yield_after,
                           "PostgreSQL only: give up when somebody has waited this long for a lock of the snapshot "
                           "(default 5s)");
  command.options.size("max-rate", arguments->max_rate, 1000,
                       "PostgreSQL only: read at most so many bytes a second, such as 50MB; otherwise as fast as it "
                       "goes");
  command.options.list("tables", "PATTERN,…", arguments->tables,
                       "PostgreSQL only: store the rows of these tables only (may be repeated); this and "
                       "--exclude-tables replace what is configured");
  command.options.list("exclude-tables", "PATTERN,…", arguments->exclude_tables,
                       "PostgreSQL only: do not store the rows of these tables (may be repeated)");
  return command;
}

}  // namespace dbrollback::commands
