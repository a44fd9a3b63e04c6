#include "dbrollback/diff.hpp"

#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Colour;
using cli::Console;
using cli::Context;

constexpr const char* live = "live";

struct Arguments {
  std::string a;
  std::string b;
  std::optional<std::chrono::milliseconds> lock_timeout;
};

// An id instead of `latest` and the like, so that both sides are of the database that is meant.
std::string resolved(Context& context, Repository& repository, const std::string& spec,
                     std::optional<SnapshotSummary>& snapshot) {
  if (spec == live) return spec;
  snapshot = context.resolve(repository, spec);
  return snapshot->id;
}

DiffReport compare(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  std::optional<SnapshotSummary> snapshot;
  const std::string a = resolved(context, repository, arguments.a, snapshot);
  const std::string b = resolved(context, repository, arguments.b.empty() ? live : arguments.b, snapshot);
  if (!snapshot) {
    cli::fail_usage("bad_value", "`diff live live` compares the database with itself", live,
                    context.again("diff latest"));
  }
  DatabaseConfig database;
  if (a == live || b == live) {
    database = context.database_of(*snapshot);
  } else {
    database.name = snapshot->database;
  }
  if (arguments.lock_timeout) database.lock_timeout = *arguments.lock_timeout;
  cli::ConsoleObserver observer(context.console());
  return diff(repository, database, a, b, observer);
}

std::string rows_text(const std::optional<std::uint64_t>& rows) { return rows ? cli::count(*rows) : "none"; }

cli::Cell change_cell(std::uint64_t number, Colour colour) {
  return {cli::count(number), number == 0 ? Colour::dim : colour};
}

void say_schema(Console& console, const DiffReport& report) {
  if (report.schema.empty()) return;
  console.say();
  console.say(console.paint("schema", Colour::bold));
  for (const SchemaDifference& difference : report.schema) {
    console.say("  " + cli::printable(difference.object) + ": " + cli::printable(difference.change));
  }
}

void say_rows(Console& console, const DiffReport& report) {
  if (report.tables.empty()) return;
  using enum cli::Column::Align;
  cli::Table table({{.title = "table", .least = 16},
                    {.title = "rows in A", .align = right},
                    {.title = "rows in B", .align = right},
                    {.title = "added", .align = right},
                    {.title = "removed", .align = right},
                    {.title = "changed", .align = right},
                    {.title = "compared by", .least = 11}});
  for (const TableDifference& each : report.tables) {
    table.row({{cli::printable(each.name)},
               {rows_text(each.rows_a)},
               {rows_text(each.rows_b)},
               change_cell(each.added, Colour::green),
               change_cell(each.removed, Colour::red),
               change_cell(each.changed, Colour::yellow),
               {cli::printable(each.compared_by)}});
  }
  console.say();
  console.say(table);
  for (const TableDifference& each : report.tables) {
    const std::string name = cli::printable(each.name);
    if (!each.columns_removed.empty()) {
      console.say(name + ": only A has the values of " + cli::printable(cli::join(each.columns_removed, ", ")));
    }
    if (!each.columns_added.empty()) {
      console.say(name + ": only B has the values of " + cli::printable(cli::join(each.columns_added, ", ")));
    }
  }
}

void say(Console& console, const DiffReport& report) {
  const std::string compared = cli::plural(report.tables_compared, "table", "tables") + " compared";
  if (report.same()) {
    console.say("no difference between " + report.a + " and " + report.b + ", " + compared);
    return;
  }
  console.say("A  " + report.a);
  console.say("B  " + report.b);
  say_schema(console, report);
  say_rows(console, report);
  console.say();
  console.say(cli::plural(report.schema.size(), "difference", "differences") + " of the schema, " +
              cli::plural(report.tables.size(), "table differs", "tables differ") + ", " + compared);
}

Exit run(Context& context, const Arguments& arguments) {
  if (arguments.a.empty()) {
    cli::fail_usage(
        "missing_argument", "what is to be compared? `diff` needs one or two snapshots", "A",
        "`" + context.again("diff latest") + "` compares the newest snapshot with the database as it is now");
  }
  const DiffReport report = compare(context, arguments);
  if (context.global().json) context.console().document(to_json(report));
  say(context.console(), report);
  return report.same() ? Exit::done : Exit::damaged;
}

}  // namespace

cli::Command diff_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{
      .name = "diff",
      .summary = "what changed between two snapshots, or since one",
      .help = {.usage = {"diff A [B]"},
               .about = "Compares two snapshots, or a snapshot with the live database: the schema, and for each table "
                        "how many rows were added, removed and changed from A to B. Rows are matched by the primary "
                        "key; in a table without one, whole rows are compared. Where a PostgreSQL sequence stands is "
                        "said too. A and B are ids, unique beginnings of "
                        "ids, `latest`, `before:V`, or `live`, the database as it is now. Without B, A is compared "
                        "with `live`. Nothing is changed.",
               .examples = {{"diff before:v1.4.2", "what the migration of v1.4.2, and the users since, have changed"},
                            {"diff 20261120T23 latest", "two snapshots"}},
               .exits = {{Exit::done, "there is no difference"},
                         {Exit::failed, "the comparison could not be carried out"},
                         {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                         {Exit::damaged, "there is a difference, or a snapshot is damaged; the message says which"},
                         {Exit::busy, "the database or the repository is locked"}}},
      .options = {},
      .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("A", arguments->a);
  command.options.operand("B", arguments->b);
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long to wait for a locked database (default 5s)");
  return command;
}

}  // namespace dbrollback::commands
