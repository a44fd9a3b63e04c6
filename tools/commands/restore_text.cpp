#include "tools/commands/restore_text.hpp"

#include <algorithm>

#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {
namespace {

using cli::Colour;
using cli::Console;

std::string joined_paths(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> texts;
  texts.reserve(paths.size());
  for (const std::filesystem::path& path : paths) texts.push_back(cli::printable(path.string()));
  return cli::join(texts, ", ");
}

// As --tables reads them.
std::string listed(std::vector<std::string> names) {
  for (std::string& name : names) {
    if (name.find(',') != std::string::npos) name.insert(0, 1, '"').push_back('"');
  }
  return cli::join(names, ",");
}

std::string target_text(const RestorePlan& plan) {
  std::string path = cli::printable(plan.target);
  switch (plan.kind) {
    case RestorePlan::Target::new_file:
      return path + ", a new file";
    case RestorePlan::Target::live:
      return path + ", which holds data now";
    case RestorePlan::Target::replace:
      return path + ", which cannot be used as it is: " + cli::printable(plan.why);
    case RestorePlan::Target::new_database:
      return path + ", a new database";
    case RestorePlan::Target::swap:
      return path + ", in whose place a new database comes";
    case RestorePlan::Target::in_place:
      return path + ", itself, in one transaction";
    case RestorePlan::Target::load:
      return path + ", whose tables are there and empty";
  }
  return path;
}

bool is_new(const RestorePlan& plan) {
  return plan.kind == RestorePlan::Target::new_file || plan.kind == RestorePlan::Target::new_database;
}

std::string before_text(const RestorePlan& plan) {
  if (is_new(plan) || plan.kind == RestorePlan::Target::load) return {};
  if (plan.kind == RestorePlan::Target::swap) return "stays beside it, as a database of another name";
  if (!plan.keep_aside.empty()) return "copied aside first: " + joined_paths(plan.keep_aside);
  if (plan.options.snapshot_before) return "a snapshot of it is taken first";
  return "NOT kept (--no-snapshot-before)";
}

cli::Cell change_cell(const RestorePlan::TableChange& change) {
  if (!change.rows_restored) return {"goes", Colour::red};
  if (!change.rows_now) return {"comes back", Colour::green};
  const std::uint64_t now = *change.rows_now;
  const std::uint64_t restored = *change.rows_restored;
  return restored < now ? cli::Cell{"-" + cli::count(now - restored), Colour::red}
                        : cli::Cell{"+" + cli::count(restored - now), Colour::green};
}

// Ten thousand tables would push everything else off the screen.
std::size_t shown_of(const Console& console, std::size_t tables) {
  constexpr std::size_t most = 40;
  return console.appearance().verbose ? tables : std::min(tables, most);
}

void say_hidden(Console& console, std::size_t tables) {
  const std::size_t hidden = tables - shown_of(console, tables);
  if (hidden > 0) console.say("and " + cli::plural(hidden, "more table", "more tables") + ", shown by --verbose");
}

// What was written since then goes out of sight with the database that is replaced.
void say_written(Console& console, const RestorePlan& plan, std::size_t shown) {
  using enum cli::Column::Align;
  cli::Table table({{.title = "table", .least = 16},
                    {.title = "rows now, about", .align = right},
                    {.title = "restored", .align = right},
                    {.title = "written since", .align = right}});
  for (std::size_t i = 0; i < shown; ++i) {
    const RestorePlan::TableChange& change = plan.tables[i];
    table.row({{cli::printable(change.name)},
               {change.rows_now ? cli::count(*change.rows_now) : "none"},
               {change.rows_restored ? cli::count(*change.rows_restored) : "none"},
               {cli::count(change.written)}});
  }
  console.say(table);
}

void say_in_place(Console& console, const RestorePlan& plan) {
  if (!plan.tables.empty()) {
    say_written(console, plan, shown_of(console, plan.tables.size()));
    say_hidden(console, plan.tables.size());
    console.say("Estimated by the server's counters.");
  }
  console.say("Nobody can use the database until it is done: " +
              (plan.expected_downtime.count() > 0
                   ? "about " + cli::duration(plan.expected_downtime) + ", which the last proof by restoring took."
                   : "how long is not known; `dbrollback verify --level restored` finds out."));
}

void say_tables(Console& console, const RestorePlan& plan) {
  if (plan.kind == RestorePlan::Target::in_place) {
    say_in_place(console, plan);
    return;
  }
  if (plan.kind == RestorePlan::Target::swap) {
    if (plan.tables.empty()) return;
    say_written(console, plan, shown_of(console, plan.tables.size()));
    say_hidden(console, plan.tables.size());
    console.say("Estimated by the server's counters. All of it stays in the database that is kept.");
    return;
  }
  if (plan.kind != RestorePlan::Target::live) return;
  if (plan.is_on_server()) {
    if (plan.tables.empty() && plan.written_is_known) {
      console.say("By the server's counters nothing was written to these tables since.");
    }
    if (!plan.tables.empty()) say_written(console, plan, shown_of(console, plan.tables.size()));
    console.say("Tables that were not chosen are not touched.");
    return;
  }
  if (plan.tables.empty()) {
    console.say("No table changes its number of rows; what is in the rows may change.");
    return;
  }
  const std::size_t shown = shown_of(console, plan.tables.size());
  using enum cli::Column::Align;
  cli::Table table({{.title = "table", .least = 16},
                    {.title = "rows now", .align = right},
                    {.title = "restored", .align = right},
                    {.title = "change", .align = right}});
  for (std::size_t i = 0; i < shown; ++i) {
    const RestorePlan::TableChange& change = plan.tables[i];
    table.row({{cli::printable(change.name)},
               {change.rows_now ? cli::count(*change.rows_now) : "none"},
               {change.rows_restored ? cli::count(*change.rows_restored) : "none"},
               change_cell(change)});
  }
  console.say(table);
  say_hidden(console, plan.tables.size());
  console.say(!plan.options.tables.empty() ? "Tables that were not chosen are not touched."
                                           : "Other tables keep their number of rows; what is in the rows may change.");
}

}  // namespace

void say_plan(Console& console, const RestorePlan& plan) {
  const SnapshotSummary& snapshot = plan.snapshot;
  const Time now = cli::now();
  const cli::Cell proof = cli::proof_cell(snapshot, now);
  console.say("restore of " + console.paint(snapshot.id, Colour::bold));
  cli::say_facts(console,
                 {{"snapshot of", cli::printable(snapshot.database) + ", taken " + cli::local_time(snapshot.created) +
                                      ", " + cli::ago(snapshot.created, now)},
                  {"proof", console.paint(proof.text, proof.colour)},
                  {"holds", cli::partial_text(snapshot)},
                  {"only", plan.options.schema_only ? "the schema, without rows"
                           : plan.options.data_only ? "rows, large objects and values of sequences"
                                                    : ""},
                  {"into", target_text(plan)},
                  {"tables", plan.options.tables.empty() ? "" : cli::printable(cli::join(plan.options.tables, ", "))},
                  {"size", cli::bytes(plan.bytes)},
                  {"open in", cli::printable(cli::join(plan.holders, ", "))},
                  {"state before", before_text(plan)},
                  {"afterwards", plan.options.verify ? "" : "NOT compared with the snapshot (--no-verify)"}});
  if (!is_new(plan)) console.say();
  for (const std::string& change : plan.schema_changes) console.say("schema: " + cli::printable(change));
  say_tables(console, plan);
  for (const RestorePlan::Obstacle& obstacle : plan.obstacles) {
    console.warning(cli::printable(obstacle.description) + " (" + obstacle.name +
                    "): " + cli::printable(obstacle.next));
  }
  for (const std::string& warning : plan.warnings) console.warning(warning);
}

void say_result(cli::Context& context, const RestorePlan& plan, const RestoreResult& result, const std::string& into) {
  Console& console = context.console();
  console.say(console.paint("restored " + result.id, Colour::bold) + " into " + cli::printable(result.target));
  std::string waits;
  if (plan.kind == RestorePlan::Target::live) {
    waits = ", of which writers waited " + cli::duration(result.writers_paused);
  } else if (plan.kind == RestorePlan::Target::in_place) {
    waits = ", of which nobody could use it for " + cli::duration(result.downtime);
  } else if (plan.kind == RestorePlan::Target::swap) {
    waits = ", of which nobody could connect for " + cli::duration(result.downtime) + "; " +
            cli::plural(result.sessions_ended, "session was", "sessions were") + " ended";
  }
  cli::say_facts(console, {{"verified", cli::printable(result.verification)},
                           {"rows", cli::count(result.rows) + " in " + cli::plural(result.tables, "table", "tables") +
                                        ", " + cli::bytes(result.bytes)},
                           {"state before",
                            !result.snapshot_before.empty() ? "snapshot " + result.snapshot_before
                            : !result.kept_aside.empty()    ? "copied to " + joined_paths(result.kept_aside)
                            : !result.kept_database.empty() ? "the database " + cli::printable(result.kept_database)
                                                            : ""},
                           {"took", cli::duration(result.duration) + waits}});
  for (const std::string& limit : result.limits) console.warning(cli::printable(limit));
  if (!result.kept_database.empty()) {
    cli::say_next(console, {{"to undo", context.again("restore --undo" + into)},
                            {"once it is good", context.again("restore --discard-old" + into)}});
  }
  if (result.snapshot_before.empty()) return;
  std::string undo = "restore " + result.snapshot_before + into;
  if (plan.options.into) undo += " --into " + cli::shell_quote(plan.options.into->string());
  if (plan.options.in_place) undo += " --in-place";
  if (!plan.options.tables.empty()) undo += " --tables " + cli::shell_quote(listed(plan.options.tables));
  cli::say_next(console, {{"to undo", context.again(undo)}});
}

void say_written_since(Console& console, const WrittenSinceSwap& since) {
  if (!since.unknown.empty()) {
    console.say("What was written since then is not known: " + since.unknown + ".");
  } else if (since.tables.empty()) {
    console.say("By the server's counters nothing was written since then.");
  } else {
    cli::Table table({{.title = "table", .least = 16}, {.title = "written since", .align = cli::Column::Align::right}});
    for (std::size_t i = 0; i < shown_of(console, since.tables.size()); ++i) {
      table.row({{cli::printable(since.tables[i].name)}, {cli::count(since.tables[i].written)}});
    }
    console.say(table);
    say_hidden(console, since.tables.size());
    console.say("At least so many rows, by the server's counters.");
  }
  console.say("All of it stays in the database that is replaced now.");
}

}  // namespace dbrollback::commands
