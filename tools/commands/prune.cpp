#include "dbrollback/prune.hpp"

#include <algorithm>
#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Colour;
using cli::Console;
using cli::Context;

struct Arguments {
  bool dry_run = false;
  std::optional<unsigned> last;
  std::optional<unsigned> daily;
  std::optional<unsigned> weekly;
  std::optional<unsigned> monthly;
  std::optional<std::chrono::milliseconds> lock_timeout;
};

Retention retention(Context& context, const Arguments& arguments) {
  const Retention& configured = context.config().keep;
  return {.last = arguments.last.value_or(configured.last),
          .daily = arguments.daily.value_or(configured.daily),
          .weekly = arguments.weekly.value_or(configured.weekly),
          .monthly = arguments.monthly.value_or(configured.monthly)};
}

std::uint64_t going(const PrunePlan& plan) {
  const auto number = std::count_if(plan.decisions.begin(), plan.decisions.end(),
                                    [](const PruneDecision& decision) { return decision.kept_because.empty(); });
  return static_cast<std::uint64_t>(number);
}

void say(Console& console, const PrunePlan& plan) {
  const std::vector<PruneDecision>& decisions = plan.decisions;
  const bool several = std::any_of(decisions.begin(), decisions.end(), [&](const PruneDecision& each) {
    return each.snapshot.database != decisions.front().snapshot.database;
  });
  using enum cli::Column::Align;
  cli::Table table({{.title = "id"},
                    {.title = "age", .align = right},
                    {.title = "database", .least = 6},
                    {.title = "stored", .align = right, .expendable = 1},
                    {.title = "decision"},
                    {.title = "because", .least = 12}});
  const Time now = cli::now();
  for (const PruneDecision& each : decisions) {
    const bool goes = each.kept_because.empty();
    table.row({{each.snapshot.id},
               {cli::age(now - each.snapshot.created)},
               {several ? cli::printable(each.snapshot.database) : ""},
               {cli::bytes(each.snapshot.stored_bytes)},
               {goes ? "remove" : "keep", goes ? Colour::red : Colour::green},
               {goes ? "no rule keeps it" : cli::printable(cli::join(each.kept_because, ", "))}});
  }
  console.say(table);
}

Exit run(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const PrunePlan plan =
      plan_prune(repository, retention(context, arguments), context.config().timezone, context.scope(repository));
  Console& console = context.console();
  const bool json = context.global().json;
  const std::uint64_t number = going(plan);
  const std::string snapshots = cli::plural(number, "snapshot", "snapshots");

  if (arguments.dry_run || number == 0) {
    if (json) console.document(to_json(plan, false));
    if (!plan.decisions.empty()) say(console, plan);
    console.say(number == 0 ? "nothing to remove: every snapshot is kept"
                            : "dry run: would remove " + snapshots + " and free " + cli::bytes(plan.bytes_freed));
    return Exit::done;
  }

  if (json && !context.global().yes) console.send_text(Console::Text::to_stderr);
  say(console, plan);
  if (json) console.send_text(Console::Text::nowhere);
  if (!context.global().yes) {
    cli::confirm(console, "Type yes to remove " + snapshots + ", " + cli::bytes(plan.bytes_freed) + ": ", "yes",
                 "removing " + snapshots);
  }
  {
    cli::ConsoleObserver observer(console);
    const auto wait = arguments.lock_timeout.value_or(DatabaseConfig{}.lock_timeout);
    static_cast<void>(execute_prune(repository, plan, wait, observer));
  }
  if (json) console.document(to_json(plan, true));
  console.say("removed " + snapshots + ", freed " + cli::bytes(plan.bytes_freed));
  return Exit::done;
}

cli::Help help() {
  return {.usage = {"prune [--dry-run] [OPTION]…"},
          .about =
              "Removes old snapshots, database by database. A snapshot is kept if any rule keeps it: the newest "
              "ones, and the newest of each of the last days, weeks and months, counted in the configured time "
              "zone. Pinned snapshots are never removed, nor is the only verified one of a database. A damaged "
              "snapshot counts for no rule. It shows what will go and asks first.",
          .examples = {{"prune --dry-run", "only shows what would go, and why the others stay"},
                       {"prune --keep-last 5 --keep-daily 14 --yes", "in a nightly job"}},
          .exits = {{Exit::done, "done, even if there was nothing to remove"},
                    {Exit::failed, "failed; nothing was removed"},
                    {Exit::usage, "a wrong option or configuration, or no repository"},
                    {Exit::refused, "not confirmed, or the repository changed since the plan; nothing was removed"},
                    {Exit::busy, "another command is using the repository; nothing was removed"},
                    {Exit::partial, "failed after some were removed; each snapshot is whole or gone"}}};
}

}  // namespace

cli::Command prune_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "prune",
                       .summary = "remove snapshots that no rule keeps",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  constexpr unsigned any = static_cast<unsigned>(-1);
  command.options.flag("dry-run", arguments->dry_run, "show what would go, and remove nothing");
  command.options.number("keep-last", arguments->last, 0, any, "keep the N newest; otherwise as configured (10)");
  command.options.number("keep-daily", arguments->daily, 0, any,
                         "keep the newest of each of the last N days that have one (7)");
  command.options.number("keep-weekly", arguments->weekly, 0, any, "the same for weeks (4)");
  command.options.number("keep-monthly", arguments->monthly, 0, any, "the same for months (6)");
  command.options.duration("lock-timeout", arguments->lock_timeout,
                           "how long to wait for other commands to be done with the repository (default 5s)");
  return command;
}

}  // namespace dbrollback::commands
