#include "dbrollback/migrate.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/suggest.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/migrate_plan_text.hpp"
#include "tools/commands/migrate_text.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct Arguments {
  std::string action;
  std::string version;
  std::string to;
  std::string migrations;
  std::string format;
  std::optional<unsigned> attempts;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::string snapshot;
  bool down = false;
  bool skip = false;
  bool again = false;
  bool applied = false;
  bool reverted = false;
};

DatabaseConfig database(Context& context, const Arguments& arguments) {
  DatabaseConfig database = context.database();
  if (!arguments.migrations.empty()) {
    database.migrations = std::filesystem::absolute(arguments.migrations);
    database.migrate = {};
  }
  if (!arguments.format.empty()) database.migrations_format = arguments.format;
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  return database;
}

MigrateOptions options_of(const Arguments& arguments) {
  MigrateOptions options;
  options.to = arguments.to;
  if (arguments.attempts) options.attempts = *arguments.attempts;
  return options;
}

// Down scripts destroy what the ups have made, and what was written into that since.
void confirm_down(Context& context, const DatabaseConfig& database, const Arguments& arguments) {
  if (context.global().yes) return;
  const std::string name = cli::printable(database.name);
  cli::confirm(
      context.console(),
      "Type the name of the database, " + name + ", to revert what came after " + cli::printable(arguments.to) + ": ",
      name, "reverting migrations of " + name);
}

Exit show_result(Context& context, const MigrateResult& result, bool up) {
  if (context.global().json) context.console().document(to_json(result));
  say_result(context, result, up);
  return Exit::done;
}

// The places that were typed beside those of all commands.
std::string typed_places(const Arguments& arguments) {
  std::string out;
  if (!arguments.migrations.empty()) out += " --migrations " + cli::shell_quote(arguments.migrations);
  if (!arguments.format.empty()) out += " --format " + cli::shell_quote(arguments.format);
  return out;
}

// What an error says to type next, as it has to be typed here.
std::string completed(const Context& context, const Arguments& arguments, const std::string& next) {
  constexpr std::string_view beginning = "`dbrollback migrate ";
  const std::string& database = context.global().database;
  const std::string places =
      typed_places(arguments) + (database.empty() ? "" : " --database " + cli::shell_quote(database));
  std::string out;
  std::size_t at = 0;
  for (std::size_t start = next.find(beginning); start != std::string::npos; start = next.find(beginning, at)) {
    const std::size_t end = std::min(next.find('`', start + 1), next.size());
    out += next.substr(at, end - at);
    if (next.find(" --database ", start) >= end) out += places;
    at = end;
  }
  return out + next.substr(at);
}

Exit status(Context& context, const Arguments& arguments) {
  Repository repository = context.repository_for_writing();
  cli::ConsoleObserver observer(context.console());
  const MigrateStatus status = migrate_status(repository, database(context, arguments), observer);
  if (context.global().json) context.console().document(to_json(status));
  say_status(context, status, typed_places(arguments));
  return Exit::done;
}

Exit up(Context& context, const Arguments& arguments) {
  Repository repository = context.repository_for_writing();
  MigrateResult result;
  {
    cli::ConsoleObserver observer(context.console());
    result = migrate_up(repository, database(context, arguments), options_of(arguments), observer);
  }
  return show_result(context, result, true);
}

Exit down(Context& context, const Arguments& arguments) {
  const DatabaseConfig of = database(context, arguments);
  if (arguments.to.empty()) {
    cli::fail_usage("missing_argument", "`migrate down` needs to be told which migration stays as the last one", "--to",
                    context.again("migrate down --to VERSION") + "; `--to none` reverts all of them");
  }
  confirm_down(context, of, arguments);
  Repository repository = context.repository_for_writing();
  MigrateResult result;
  {
    cli::ConsoleObserver observer(context.console());
    result = migrate_down(repository, of, options_of(arguments), observer);
  }
  return show_result(context, result, false);
}

Exit plan(Context& context, const Arguments& arguments) {
  if (arguments.down && arguments.to.empty()) {
    cli::fail_usage("missing_argument", "`migrate plan --down` needs to be told which migration stays as the last one",
                    "--to", context.again("migrate plan --down --to VERSION"));
  }
  MigrationPlan plan;
  {
    cli::ConsoleObserver observer(context.console());
    plan = plan_migrations(database(context, arguments), options_of(arguments), !arguments.down, observer);
  }
  if (context.global().json) context.console().document(to_json(plan));
  say_plan(context, plan, typed_places(arguments));
  return Exit::done;
}

Exit rehearse(Context& context, const Arguments& arguments) {
  const DatabaseConfig of = database(context, arguments);
  Repository repository = context.repository();
  const std::string snapshot =
      repository.resolve(arguments.snapshot.empty() ? "latest" : arguments.snapshot, of.name).id;
  RehearsalReport report;
  {
    cli::ConsoleObserver observer(context.console());
    report = rehearse_migrations(repository, of, snapshot, arguments.to, observer);
  }
  if (context.global().json) context.console().document(to_json(report));
  say_rehearsal(context, report);
  return report.all_lossless() ? Exit::done : Exit::damaged;
}

Exit resume(Context& context, const Arguments& arguments) {
  if (arguments.skip && arguments.again) {
    cli::fail_usage("conflicting_options", "--skip leaves the statement out, and --again runs it", "--again",
                    "leave one of them out");
  }
  Repository repository = context.repository_for_writing();
  MigrateResult result;
  {
    cli::ConsoleObserver observer(context.console());
    const Resume how = arguments.skip ? Resume::skip : arguments.again ? Resume::again : Resume::from_there;
    result = migrate_resume(repository, database(context, arguments), how, observer);
  }
  return show_result(context, result, true);
}

Exit resolve(Context& context, const Arguments& arguments) {
  if (arguments.version.empty() || arguments.applied == arguments.reverted) {
    cli::fail_usage("missing_argument",
                    "`migrate resolve` needs a migration, and one of --applied and --reverted: what is true of it now",
                    arguments.version, context.again("migrate resolve VERSION --applied"));
  }
  Repository repository = context.repository_for_writing();
  {
    cli::ConsoleObserver observer(context.console());
    migrate_resolve(repository, database(context, arguments), arguments.version, arguments.applied, observer);
  }
  return status(context, arguments);
}

struct Action {
  const char* name;
  Exit (*run)(Context&, const Arguments&);
};

constexpr std::array<Action, 7> actions{{{"status", status},
                                         {"plan", plan},
                                         {"rehearse", rehearse},
                                         {"up", up},
                                         {"down", down},
                                         {"resume", resume},
                                         {"resolve", resolve}}};

Exit run(Context& context, const Arguments& arguments) {
  for (const Action& action : actions) {
    if (arguments.action == action.name) {
      if (!arguments.version.empty() && arguments.action != "resolve") {
        cli::fail_usage("bad_value", "`migrate " + arguments.action + "` takes no '" + arguments.version + "'",
                        arguments.version, "give a version by --to");
      }
      try {
        return action.run(context, arguments);
      } catch (const Error& error) {
        ErrorInfo info = error.info();
        info.next = completed(context, arguments, info.next);
        throw Error(std::move(info));
      }
    }
  }
  std::vector<std::string> names;
  names.reserve(actions.size());
  for (const Action& action : actions) {
    names.emplace_back(action.name);
  }
  const std::string meant = cli::nearest(arguments.action, names);
  cli::fail_usage(arguments.action.empty() ? "missing_argument" : "bad_value",
                  arguments.action.empty() ? "`migrate` needs to be told what to do: " + cli::join(names, ", ")
                                           : "`migrate` cannot '" + arguments.action + "'",
                  arguments.action, context.again("migrate " + (meant.empty() ? "status" : meant)));
}

cli::Help help() {
  return {
      .usage = {"migrate status", "migrate plan [--down] [--to VERSION]",
                "migrate rehearse [--snapshot ID] [--to VERSION]", "migrate up [--to VERSION]",
                "migrate down --to VERSION", "migrate resume [--skip | --again]",
                "migrate resolve VERSION --applied|--reverted"},
      .about =
          "Runs the migrations that you have, as they are: those of golang-migrate, dbmate, goose, sql-migrate, "
          "sqitch, Diesel, node-pg-migrate and Prisma, and keeps that tool's own table, so that both can be used in "
          "turns. A script runs in one transaction with its row in that table; what refuses a transaction runs "
          "statement by statement, and leaves a record of how far it came. `down` reverts everything after VERSION, "
          "which stays. `plan` shows what would be run, and of PostgreSQL which locks it takes, tried on a copy of the "
          "schema; `rehearse` applies and reverts each pending migration on a restored snapshot, and says what does "
          "not "
          "come back. A tool whose migrations are code is run by its own command, as configured.",
      .examples = {{"migrate status", "what is applied, what is pending, and what an earlier run left half way"},
                   {"migrate plan", "which statements would run, what they lock, and what they destroy"},
                   {"migrate rehearse", "whether the downs bring everything back, on the latest snapshot"},
                   {"migrate up", "everything that is pending"},
                   {"migrate down --to 20260101120000", "back to that version; `--to none` for everything"},
                   {"migrate resume", "go on after a failure, once what made it fail is mended"}},
      .exits = {{Exit::done, "done; or nothing was to be done"},
                {Exit::failed, "a migration failed, and nothing was changed"},
                {Exit::usage, "a wrong option or configuration, or a file that is no migration of its tool"},
                {Exit::damaged, "rehearse: something does not come back, or there is no way back"},
                {Exit::refused, "a down that was not confirmed, no way back, or an earlier run that is unfinished"},
                {Exit::busy, "a lock was not given in all attempts, or another run is under way; nothing was changed"},
                {Exit::partial,
                 "some migrations were run, or a part of one outside a transaction; the message says which, and what "
                 "mends it"}}};
}

}  // namespace

cli::Command migrate_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "migrate",
                       .summary = "run migrations, up and down",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ACTION", arguments->action);
  command.options.operand("VERSION", arguments->version);
  command.options.text("to", "VERSION", arguments->to,
                       "up: the last migration to apply; down: the one that stays as the last, `none` for none. A "
                       "version, a name, or a tag");
  command.options.text("migrations", "FOLDER", arguments->migrations,
                       "the folder of the migrations; otherwise as configured");
  command.options.text("format", "TOOL", arguments->format,
                       "the tool that they are of, such as dbmate; otherwise as configured, or found by the files");
  command.options.number("attempts", arguments->attempts, 1, 100,
                         "how often a script is tried that meets a lock (default 5)");
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long a statement waits for a lock (default 5s)");
  command.options.flag("down", arguments->down, "plan: what `down --to VERSION` would run");
  command.options.text("snapshot", "ID", arguments->snapshot, "rehearse: on which snapshot (default latest)");
  command.options.flag("skip", arguments->skip, "resume: leave out the statement that is not done");
  command.options.flag("again", arguments->again,
                       "resume: run the statement again of which nobody knows whether it is in effect");
  command.options.flag("applied", arguments->applied, "resolve: the migration is in effect");
  command.options.flag("reverted", arguments->reverted, "resolve: the migration is not in effect");
  return command;
}

}  // namespace dbrollback::commands
