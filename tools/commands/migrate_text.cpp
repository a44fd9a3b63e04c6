#include "tools/commands/migrate_text.hpp"

#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

using cli::Colour;
using cli::Console;
using cli::Context;

namespace {

constexpr std::chrono::milliseconds long_statement{1000};

cli::Cell state_cell(const MigrationStatus& migration) {
  switch (migration.state) {
    case MigrationStatus::State::applied:
      return {"applied", Colour::green};
    case MigrationStatus::State::pending:
      return {"pending", Colour::yellow};
    case MigrationStatus::State::failed:
      return {"FAILED", Colour::red};
    case MigrationStatus::State::missing:
      break;
  }
  return {"no file", Colour::yellow};
}

std::string version_text(const std::string& version) { return version.empty() ? "none" : cli::printable(version); }

void say_migrations(Console& console, const MigrateStatus& status) {
  cli::Table table({{.title = "migration", .least = 16},
                    {.title = "state"},
                    {.title = "down", .expendable = 1},
                    {.title = "note", .least = 12}});
  for (const MigrationStatus& each : status.migrations) {
    table.row({{cli::printable(each.name)},
               state_cell(each),
               {each.has_down ? "yes" : "no", each.has_down ? Colour::plain : Colour::dim},
               {cli::printable(each.note)}});
  }
  if (!table.empty()) {
    console.say();
    console.say(table);
  }
}

std::string unfinished_text(const UnfinishedMigration& left) {
  std::string text = std::string(left.up ? "up" : "down") + " of " + cli::printable(left.name) + ": " +
                     (left.done == 0 ? "none" : cli::count(left.done)) + " of " +
                     cli::plural(left.statements, "statement is", "statements are") + " in effect";
  if (left.done < left.statements) {
    text += "; " + cli::printable(left.file) + ":" + std::to_string(left.line) + " (" + cli::printable(left.statement) +
            ") " +
            (left.problem.empty() ? "was running when the run ended: it may be in effect, or not"
                                  : cli::printable(left.problem));
  }
  return text;
}

cli::Facts next_of(Context& context, const MigrateStatus& status, const std::string& places) {
  const auto again = [&](const std::string& command) { return context.again("migrate " + command + places); };
  if (!status.running.empty()) return {};
  if (!status.unfinished) {
    if (status.pending() == 0) return {};
    return {{"to see what it would do", again("plan")}, {"to apply them", again("up")}};
  }
  const std::string version = cli::shell_quote(status.unfinished->version);
  const std::string mended = again("resolve " + version + " --applied") + ", or --reverted";
  if (status.unfinished->problem.empty() && status.unfinished->done < status.unfinished->statements) {
    return {{"if it is not in effect", again("resume --again")},
            {"if it is", again("resume --skip")},
            {"once all is mended by hand", mended}};
  }
  return {{"to go on", again("resume")},
          {"without that statement", again("resume --skip")},
          {"once it is mended by hand", mended}};
}

}  // namespace

void say_status(Context& context, const MigrateStatus& status, const std::string& places) {
  Console& console = context.console();
  console.say(console.paint(cli::printable(status.database), Colour::bold) + ": version " +
              version_text(status.version) +
              (status.format == "command" ? "" : ", " + cli::count(status.pending()) + " pending"));
  cli::say_facts(console, {{"database", cli::printable(status.location)},
                           {"format", status.format == "command" ? "run by another tool" : status.format},
                           {"folder", cli::printable(status.folder.native())},
                           {"table", cli::printable(status.table)}});
  say_migrations(console, status);
  if (status.unfinished) {
    console.say();
    console.say(console.paint(status.running.empty() ? "UNFINISHED" : "BEING RUN", Colour::red) + "  " +
                unfinished_text(*status.unfinished));
  }
  for (const std::string& running : status.running) {
    console.warning("a run of migrations is under way, or has ended and left this to the server: " +
                    cli::printable(running));
  }
  for (const std::string& warning : status.warnings) {
    console.warning(cli::printable(warning));
  }
  cli::say_next(console, next_of(context, status, places));
}

void say_result(Context& context, const MigrateResult& result, bool up) {
  Console& console = context.console();
  for (const MigrateStep& step : result.steps) {
    console.say(console.paint("✓ ", Colour::green) + cli::printable(step.name) + "  " +
                (step.up ? "applied, " : "reverted, ") +
                cli::plural(step.statements.size(), "statement", "statements") +
                (step.in_transaction ? "" : " outside a transaction") + ", " + cli::duration(step.duration) +
                (step.attempts > 1 ? ", at attempt " + std::to_string(step.attempts) : ""));
    for (const MigrateStep::Statement& statement : step.statements) {
      const std::string line = "    line " + std::to_string(statement.line) + "  " + cli::printable(statement.what) +
                               "  " + cli::plural(statement.rows, "row", "rows") + ", " +
                               cli::duration(statement.duration);
      if (statement.duration >= long_statement || console.appearance().verbose) console.say(line);
    }
  }
  for (const std::string& warning : result.warnings) {
    console.warning(cli::printable(warning));
  }
  if (!result.output.empty()) console.detail(cli::printable(result.output, true));
  if (result.from == result.to && result.steps.empty()) {
    console.say(cli::printable(result.database) + " is at " + version_text(result.to) +
                (up ? ": nothing is pending" : ": nothing is to be reverted"));
    return;
  }
  console.say(cli::printable(result.database) + ": from " + version_text(result.from) + " to " +
              version_text(result.to) + " in " + cli::duration(result.duration));
}

}  // namespace dbrollback::commands
