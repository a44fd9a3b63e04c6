#include "tools/commands/migrate_plan_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

using cli::Colour;
using cli::Console;
using cli::Context;

namespace {

constexpr std::size_t most_statements = 30;

// Whom a lock keeps waiting (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES).
std::string who_waits(std::string_view mode) {
  constexpr std::array<std::string_view, 3> writers{"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"};
  if (mode == "ACCESS EXCLUSIVE") return ": readers and writers wait";
  for (const std::string_view each : writers) {
    if (mode == each) return ": writers wait";
  }
  return {};
}

Colour colour_of(std::string_view mode) {
  if (mode == "ACCESS EXCLUSIVE") return Colour::red;
  return who_waits(mode).empty() ? Colour::dim : Colour::yellow;
}

// Below what it is about, and broken where the screen ends.
void say_below(Console& console, std::size_t indent, const std::string& text, const std::string& mark = {},
               Colour colour = Colour::dim) {
  constexpr std::size_t hanging = 2;
  constexpr std::size_t narrowest = 40;
  const std::size_t width = std::max(console.text_width(), narrowest) - indent - hanging;
  std::string before = std::string(indent, ' ');
  for (std::string line : cli::wrap(mark + (mark.empty() ? "" : " ") + cli::printable(text), width)) {
    if (before.size() == indent && !mark.empty()) line = console.paint(mark, colour) + line.substr(mark.size());
    console.say(before + line);
    before = std::string(indent + hanging, ' ');
  }
}

void say_statement(Console& console, const PlannedStatement& statement) {
  console.say("  line " + std::to_string(statement.line) + "  " + cli::printable(statement.what));
  constexpr std::size_t indent = 6;
  for (const PlannedStatement::Lock& lock : statement.locks) {
    say_below(console, indent, lock.mode + " on " + lock.object + who_waits(lock.mode), "lock", colour_of(lock.mode));
  }
  for (const std::string& table : statement.rewrites) {
    say_below(console, indent, table + ": every row is written again", "rewrites", Colour::yellow);
  }
  for (const std::string& table : statement.writes) {
    say_below(console, indent, "rows of " + table, "writes", Colour::dim);
  }
  for (const std::string& warning : statement.warnings) {
    say_below(console, indent, warning, "warning", Colour::yellow);
  }
  if (!statement.problem.empty()) say_below(console, indent, statement.problem, "FAILS", Colour::red);
}

void say_tables(Console& console, const MigrationPlan& plan) {
  if (plan.tables.empty()) return;
  using enum cli::Column::Align;
  cli::Table table(
      {{.title = "table", .least = 16}, {.title = "rows", .align = right}, {.title = "size", .align = right}});
  for (const MigrationPlan::Table& each : plan.tables) {
    table.row({{cli::printable(each.name)}, {cli::count(each.rows)}, {each.bytes == 0 ? "" : cli::bytes(each.bytes)}});
  }
  console.say();
  console.say(table);
}

bool has_failing(const MigrationPlan& plan) {
  return std::ranges::any_of(plan.migrations, [](const PlannedMigration& migration) {
    return std::ranges::any_of(migration.statements,
                               [](const PlannedStatement& each) { return !each.problem.empty(); });
  });
}

cli::Cell verdict_cell(const Rehearsal& rehearsal) {
  switch (rehearsal.verdict) {
    case Rehearsal::Verdict::lossless:
      return {"lossless", Colour::green};
    case Rehearsal::Verdict::lossy:
      return {"LOSSY", Colour::red};
    case Rehearsal::Verdict::no_way_back:
      break;
  }
  return {"no way back", Colour::red};
}

}  // namespace

void say_plan(Context& context, const MigrationPlan& plan, const std::string& places) {
  Console& console = context.console();
  console.say(console.paint(cli::printable(plan.database), Colour::bold) + ": " +
              cli::plural(plan.migrations.size(), "migration", "migrations") + (plan.up ? " to apply" : " to revert") +
              (plan.from.empty() ? ", none is applied yet" : ", the last applied one is " + cli::printable(plan.from)));
  for (const PlannedMigration& each : plan.migrations) {
    console.say();
    console.say(console.paint(cli::printable(each.name), Colour::bold) + "  " +
                (each.in_transaction ? "in one transaction" : "outside a transaction, since " + each.why_none) +
                (each.has_down ? "" : console.paint(", NO DOWN", Colour::yellow)));
    for (std::size_t i = 0; i < each.statements.size(); ++i) {
      if (i >= most_statements && !console.appearance().verbose) {
        console.say("  … and " + cli::plural(each.statements.size() - i, "statement", "statements") +
                    " more (--verbose shows them)");
        break;
      }
      say_statement(console, each.statements[i]);
    }
  }
  say_tables(console, plan);
  if (!plan.not_tried.empty()) {
    console.warning("not all locks and rewrites are known: " + cli::printable(plan.not_tried));
  }
  if (plan.up && !plan.migrations.empty() && !has_failing(plan)) {
    cli::say_next(console,
                  {{"to see whether the downs bring everything back", context.again("migrate rehearse" + places)},
                   {"to apply them", context.again("migrate up" + places)}});
  }
}

void say_rehearsal(Context& context, const RehearsalReport& report) {
  Console& console = context.console();
  console.say(console.paint(cli::printable(report.database), Colour::bold) + ": " +
              cli::plural(report.migrations.size(), "migration", "migrations") + " rehearsed on " + report.snapshot);
  for (const Rehearsal& each : report.migrations) {
    const cli::Cell verdict = verdict_cell(each);
    console.say(console.paint(verdict.text, verdict.colour) + "  " + cli::printable(each.name) + "  up " +
                cli::duration(each.up) +
                (each.verdict == Rehearsal::Verdict::no_way_back ? "" : ", down " + cli::duration(each.down)));
    for (const Rehearsal::Loss& loss : each.losses) {
      say_below(console, 4, loss.object + ": " + loss.problem);
    }
    if (!each.problem.empty()) say_below(console, 4, each.problem);
  }
}

}  // namespace dbrollback::commands
