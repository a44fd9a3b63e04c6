#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/roles.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct Arguments {
  std::string id;
  std::string file;
  std::string output;
  RoleArguments roles;
};

std::string file_of(const Context& context, const Arguments& arguments) {
  if (arguments.id.empty()) {
    cli::fail_usage("missing_argument", "which snapshot? `export` needs an ID and a FILE", "ID",
                    context.again("export latest FILE.db"));
  }
  if (!arguments.file.empty() && !arguments.output.empty()) {
    cli::fail_usage("conflicting_options", "the file is named twice, as " + arguments.file + " and by --output",
                    "--output", "leave one of them out");
  }
  std::string file = arguments.file.empty() ? arguments.output : arguments.file;
  if (file.empty()) {
    cli::fail_usage("missing_argument", "into which file? `export` needs an ID and a FILE", "FILE",
                    context.again("export " + arguments.id + " FILE.db"));
  }
  if (file == "-") {
    cli::fail_usage("bad_value", "`export` writes a file, not standard output", "-",
                    "`dbrollback snapshot --output -` writes a snapshot to standard output");
  }
  return file;
}

ExportOptions options_of(Context& context, const Arguments& arguments, const SnapshotSummary& snapshot) {
  const RoleOptions roles = roles_of(arguments.roles);
  if (snapshot.engine != "postgres" && !roles.as_stored()) {
    cli::fail_usage("bad_value", snapshot.id + " is a snapshot of an SQLite database, which has no owners and grants",
                    snapshot.id, "leave --no-owner, --no-privileges and --role-map out");
  }
  return {.database = context.for_proofs_of(snapshot.database), .roles = roles};
}

Exit run(Context& context, const Arguments& arguments) {
  const std::string file = file_of(context, arguments);
  Repository repository = context.repository();
  const SnapshotSummary snapshot = context.resolve(repository, arguments.id);
  const ExportOptions options = options_of(context, arguments, snapshot);
  cli::Console& console = context.console();
  const ExportResult result = [&] {
    cli::ConsoleObserver observer(console);
    return export_snapshot(repository, snapshot.id, file, options, observer);
  }();
  if (context.global().json) console.document(to_json(result));
  console.say("exported " + result.id + " to " + cli::printable(result.file.string()) + ", " +
              cli::bytes(result.bytes));
  const std::string path = cli::shell_quote(result.file.string());
  if (result.engine == "postgres") {
    cli::say_next(console, {{"to load it into an empty database", "psql -d NAME -f " + path}});
  } else {
    cli::say_next(console, {{"to look inside", "sqlite3 " + path}});
  }
  return Exit::done;
}

}  // namespace

cli::Command export_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{
      .name = "export",
      .summary = "write a snapshot as a plain SQLite file, or as SQL",
      .help = {.usage = {"export ID FILE"},
               .about = "Writes the database that a snapshot holds as a file that needs nothing of dbrollback: a plain "
                        "SQLite file, for any program that reads SQLite; or, of a PostgreSQL database, a script that "
                        "psql loads into an empty database. FILE must not exist yet. ID is a full id, a unique "
                        "beginning of one, `latest`, or "
                        "`before:V`, the snapshot taken before version V.",
               .examples = {{"export latest /tmp/app.db", ""},
                            {"export 20261120T2330 app-before.sql",
                             "then `createdb app_before`, and `psql -d app_before -f app-before.sql`"}},
               .exits = {{Exit::done, "the file was written"},
                         {Exit::failed, "no file was written"},
                         {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                         {Exit::damaged, "the snapshot is damaged; no file was written"},
                         {Exit::refused, "FILE exists already; it was not touched"}}},
      .options = {},
      .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  command.options.operand("FILE", arguments->file);
  command.options.text("output", "FILE", arguments->output, "the same as FILE");
  declare_roles(command.options, arguments->roles);
  return command;
}

}  // namespace dbrollback::commands
