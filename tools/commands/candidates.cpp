#include "tools/commands/candidates.hpp"

#include <unistd.h>

#include <algorithm>

#include "tools/cli/ask.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {
namespace {

// Numbered from 1.
cli::Table numbered(const std::vector<SnapshotSummary>& snapshots, std::size_t shown) {
  using enum cli::Column::Align;
  cli::Table table({{.title = "    id"},
                    {.title = "age", .align = right},
                    {.title = "database", .least = 6, .expendable = 1},
                    {.title = "version", .least = 6, .expendable = 2},
                    {.title = "proof", .least = 14},
                    {.title = "why", .least = 8, .expendable = 3}});
  const Time now = cli::now();
  for (std::size_t i = 0; i < shown; ++i) {
    const SnapshotSummary& each = snapshots[i];
    table.row({{cli::pad_left(std::to_string(i + 1), 2) + "  " + each.id},
               {cli::age(now - each.created)},
               {cli::printable(each.database)},
               {cli::printable(each.app_version)},
               cli::proof_cell(each, now),
               {each.partial                ? "partial"
                : each.reason == "snapshot" ? ""
                                            : cli::printable(each.reason)}});
  }
  return table;
}

}  // namespace

SnapshotSummary choose_snapshot(cli::Context& context, Repository& repository) {
  cli::Console& console = context.console();
  if (!cli::can_ask(console, cli::AnswersFrom::standard_input)) {
    cli::fail_usage("missing_argument", "which snapshot? `restore` needs an ID, and there is no terminal to ask", "ID",
                    "`" + context.again("restore latest") + "`, or an id from `" + context.again("list") + "`");
  }
  const std::string scope = context.scope(repository);
  std::vector<SnapshotSummary> candidates = repository.list(scope);
  if (candidates.empty()) {
    cli::fail_usage("no_snapshot", "there are no snapshots" + (scope.empty() ? "" : " of " + scope) + " to restore",
                    scope, context.again("snapshot"));
  }
  std::reverse(candidates.begin(), candidates.end());
  constexpr std::size_t most = 20;
  const std::size_t shown = std::min(candidates.size(), most);
  const cli::Table table = numbered(candidates, shown);
  console.prompt(table.render(cli::width_of(STDERR_FILENO), console.err_screen().colour));
  if (shown < candidates.size()) console.prompt("older ones: " + context.again("list") + "\n");
  return candidates[cli::choose(console, "Which one? (1 is the newest; Enter for none) ", shown) - 1];
}

}  // namespace dbrollback::commands
