#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Console;
using cli::Context;

struct Arguments {
  std::string id;
};

std::string engine_text(const SnapshotDetails& details) {
  return (details.postgres ? "PostgreSQL " : "") + cli::printable(details.server_version);
}

std::string pages_text(const SnapshotDetails& details) {
  if (details.postgres) return {};
  return cli::plural(details.page_count, "page", "pages") + " of " + cli::count(details.page_size) + " bytes, " +
         details.encoding + ", journal mode " + details.journal_mode;
}

std::string encoding_text(const SnapshotDetails& details) {
  const PostgresDatabaseFacts& facts = details.postgres->properties;
  return cli::printable(facts.encoding + ", " + facts.collate + ", owner " + facts.owner);
}

// "customers, public.o*, but not public.orders_old".
std::string chosen_text(const SnapshotDetails& details) {
  if (!details.partial) return {};
  const std::string tables = details.partial->tables.empty() ? "every table" : cli::join(details.partial->tables, ", ");
  const std::string excluded = cli::join(details.partial->exclude_tables, ", ");
  return cli::printable(tables + (excluded.empty() ? "" : ", but not " + excluded));
}

void say_facts_of(Console& console, const SnapshotDetails& details) {
  const SnapshotSummary& snapshot = details.summary;
  const Time now = cli::now();
  const cli::Cell proof = cli::proof_cell(snapshot, now);
  console.say(console.paint(snapshot.id, cli::Colour::bold));
  cli::say_facts(console,
                 {{"database", cli::printable(snapshot.database) + ", " + engine_text(details)},
                  {"was at", cli::printable(details.source)},
                  {"taken", cli::local_time(snapshot.created) + ", " + cli::ago(snapshot.created, now) + ", in " +
                                cli::duration(snapshot.duration)},
                  {"because", snapshot.reason == "snapshot" ? "" : cli::printable(snapshot.reason)},
                  {"version", cli::printable(snapshot.app_version)},
                  {"proof", console.paint(proof.text, proof.colour)},
                  {"pinned", !snapshot.pinned              ? ""
                             : snapshot.pin_reason.empty() ? "yes"
                                                           : cli::printable(snapshot.pin_reason)},
                  {"size", cli::bytes(snapshot.raw_bytes) + ", stored in " + cli::bytes(snapshot.stored_bytes)},
                  {"unchanged", cli::unchanged_text(details)},
                  {"pages", pages_text(details)},
                  {"encoding", details.postgres ? encoding_text(details) : ""},
                  {"schema", details.schema_fingerprint},
                  {"rows", cli::count(snapshot.rows) + " in " + cli::plural(snapshot.tables, "table", "tables")},
                  {"chosen", cli::partial_text(snapshot)},
                  {"by", chosen_text(details)},
                  {"lineage", snapshot.lineage},
                  {"taken by", "dbrollback " + details.tool_version}});
}

// "id, total"; with --verbose "id INTEGER, total REAL".
std::string columns_text(const Console& console, const TableFacts& table) {
  std::vector<std::string> texts;
  for (const ColumnFacts& column : table.columns) {
    const bool typed = console.appearance().verbose && !column.type.empty();
    texts.push_back(typed ? column.name + " " + column.type : column.name);
  }
  return cli::printable(cli::join(texts, ", "));
}

void say_tables(Console& console, const SnapshotDetails& details) {
  if (details.tables.empty()) return;
  using enum cli::Column::Align;
  cli::Table table({{.title = "table", .least = 16},
                    {.title = "rows", .align = right},
                    {.title = "primary key", .least = 11},
                    {.title = "columns", .least = 12}});
  for (const TableFacts& facts : details.tables) {
    table.row({{cli::printable(facts.name)},
               {cli::count(facts.rows)},
               {facts.key.empty() ? "none" : cli::printable(cli::join(facts.key, ", "))},
               {columns_text(console, facts)}});
  }
  console.say();
  console.say(table);
}

void say_checks(Console& console, const SnapshotDetails& details) {
  if (details.checks.empty()) return;
  console.say();
  console.say(console.paint("checks", cli::Colour::bold));
  for (const CheckResult& check : details.checks) {
    if (check.ok) {
      console.say("  " + console.paint("✓", cli::Colour::green) + " " + cli::printable(check.name) + ": " +
                  cli::printable(check.value));
    } else {
      console.say("  " + console.paint("✗", cli::Colour::red) + " " + cli::failed_check_text(check));
    }
  }
}

void say_left_out(Console& console, const SnapshotDetails& details) {
  if (details.left_out.empty()) return;
  console.say();
  console.say(console.paint("not in the snapshot", cli::Colour::bold));
  for (const LeftOut& left_out : details.left_out) {
    console.say("  " + cli::printable(left_out.object) + ": " + cli::printable(left_out.reason));
  }
}

void say_broken_keys(Console& console, const SnapshotDetails& details) {
  if (!details.partial || details.partial->foreign_keys.empty()) return;
  console.say();
  console.say(
      console.paint("foreign keys to rows that are not in the snapshot: a restore leaves them out", cli::Colour::bold));
  for (const LooseKeyFacts& key : details.partial->foreign_keys) {
    console.say("  " + cli::printable(key.object) + " refers to " + cli::printable(key.refers_to));
  }
}

void say_segments(Console& console, const SnapshotDetails& details) {
  using enum cli::Column::Align;
  cli::Table table({{.title = "segment"},
                    {.title = "size", .align = right},
                    {.title = "frames", .align = right},
                    {.title = "XXH3-128"}});
  for (const SegmentFacts& segment : details.segments) {
    table.row({{segment.name}, {cli::bytes(segment.bytes)}, {cli::count(segment.frames)}, {segment.hash}});
  }
  console.say();
  console.say(table);
  for (const HolderFacts& holder : details.holders) {
    console.say("  " + cli::plural(holder.pages, "page", "pages") + " in " + holder.id);
  }
}

Exit run(Context& context, const Arguments& arguments) {
  if (arguments.id.empty()) {
    cli::fail_usage("missing_argument", "which snapshot? `show` needs an ID", "ID", context.again("list"));
  }
  Repository repository = context.repository();
  const SnapshotDetails details = repository.details(context.resolve(repository, arguments.id).id);
  Console& console = context.console();
  if (context.global().json) console.document(to_json(details));
  say_facts_of(console, details);
  say_tables(console, details);
  say_checks(console, details);
  say_left_out(console, details);
  say_broken_keys(console, details);
  if (context.global().verbose) say_segments(console, details);
  return Exit::done;
}

}  // namespace

cli::Command show_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{
      .name = "show",
      .summary = "what is in a snapshot",
      .help = {.usage = {"show ID"},
               .about =
                   "Shows what a snapshot says about itself: when and from what it was taken, how far it is proven, "
                   "its tables with their rows and keys, and the results of the checks. With --verbose also its "
                   "files. ID is a full id, a unique beginning of one, `latest`, or `before:V`, the snapshot taken "
                   "before version V.",
               .examples = {{"show latest", ""}, {"show before:v1.4.2", "the one taken before v1.4.2 was deployed"}},
               .exits = {{Exit::done, "shown"},
                         {Exit::failed, "the repository could not be read"},
                         {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                         {Exit::damaged, "the snapshot's manifest is damaged"}}},
      .options = {},
      .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  return command;
}

}  // namespace dbrollback::commands
