#include <memory>

#include "dbrollback/json.hpp"
#include "dbrollback/restore.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

void say_totals(cli::Console& console, const std::vector<SnapshotSummary>& snapshots) {
  std::uint64_t stored = 0;
  std::uint64_t damaged = 0;
  for (const SnapshotSummary& snapshot : snapshots) {
    stored += snapshot.stored_bytes;
    damaged += snapshot.damaged ? 1 : 0;
  }
  std::string totals = cli::plural(snapshots.size(), "snapshot", "snapshots") + ", " + cli::bytes(stored) + " stored";
  if (damaged > 0) totals += ", " + cli::count(damaged) + " damaged";
  console.say(totals);
}

// What restores have left beside the live databases, where their servers answer soon. That is nothing of the
// repository: a list must not fail, nor wait, for a server that is down.
void say_replaced(Context& context, const std::string& scope) {
  constexpr std::chrono::seconds patience{2};
  for (DatabaseConfig database : context.config().databases) {
    const bool is_asked = database.engine == DatabaseConfig::Engine::postgres && database.url_problem.empty() &&
                          (scope.empty() || scope == database.name);
    if (!is_asked) continue;
    database.connect_timeout = patience;
    try {
      for (const ReplacedDatabase& replaced : replaced_databases(database)) {
        context.console().say("beside " + cli::printable(database.name) + " there is " + cli::printable(replaced.name) +
                              (replaced.bytes ? ", " + cli::bytes(*replaced.bytes) : "") + ", replaced " +
                              cli::ago(replaced.replaced, cli::now()) + ": `" + context.again("restore --discard-old") +
                              "` drops it");
      }
    } catch (const Error&) {
    }
  }
}

Exit run(Context& context) {
  Repository repository = context.repository();
  const std::string scope = context.scope(repository);
  const std::vector<SnapshotSummary> snapshots = repository.list(scope);
  cli::Console& console = context.console();
  if (context.global().json) console.document(to_json(snapshots));
  if (snapshots.empty()) {
    console.say("no snapshots" + (scope.empty() ? std::string() : " of " + scope) + " in " +
                repository.folder().string());
    cli::say_next(console, {{"to take one", context.again("snapshot")}});
    return Exit::done;
  }
  console.say(cli::snapshot_table(snapshots, cli::now()));
  if (context.global().quiet) return Exit::done;
  say_totals(console, snapshots);
  if (!context.global().json) say_replaced(context, scope);
  return Exit::done;
}

}  // namespace

cli::Command list_command() {
  return {.name = "list",
          .summary = "what snapshots there are",
          .help = {.usage = {"list [--database NAME]"},
                   .about = "Lists the snapshots of the repository, the newest last: how old they are, how big the "
                            "database was and how much is stored of it, and how far each is proven. `stored`: "
                            "everything is there and undamaged. `content`: the rows were counted and hashed. "
                            "`restored`: it was really restored, and the result compared. Below it, the databases that "
                            "restores have replaced and that are still there, where their server answers.",
                   .examples = {{"list", ""},
                                {"list --database app", "only snapshots of app"},
                                {"list --json | jq -r '.snapshots[-1].id'", "the id of the newest snapshot"}},
                   .exits = {{Exit::done, "listed, even if there is nothing to list"},
                             {Exit::failed, "the repository could not be read"},
                             {Exit::usage, "a wrong option or configuration, or no repository"}}},
          .options = {},
          .run = run};
}

}  // namespace dbrollback::commands
