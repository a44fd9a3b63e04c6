#include "dbrollback/rollback.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "dbrollback/diff.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/notify/notify.hpp"
#include "engine/recovery/rollback.hpp"
#include "engine/recovery/rollback_plan.hpp"
#include "schema/bookkeeping.hpp"

namespace dbrollback {

namespace {

constexpr std::array<std::string_view, 3> strategy_names{"app", "reverse", "restore"};

recovery::RunListener telling_of_rollback(const Config& config, Observer& observer) {
  return {
      .begun = [&config, &observer](
                   const Run& run) { notify::notify(config.notify, notify::Event::rollback_started, run, observer); },
      .ended =
          [&config, &observer](const Run& run) {
            const auto event =
                run.exit == Exit::done ? notify::Event::rollback_completed : notify::Event::rollback_failed;
            notify::notify(config.notify, event, run, observer);
          }};
}

// What a restore would take away, row by row: as long as that takes.
std::vector<RunLoss> exact_losses(const DiffReport& since, const std::string& migrations_table) {
  std::vector<RunLoss> out;
  for (const TableDifference& table : since.tables) {
    if (schema::is_bookkeeping(table.name, migrations_table)) {
      continue;
    }
    const auto add = [&](std::uint64_t rows, const char* what) {
      if (rows > 0) {
        out.push_back({.object = base::cat("table ", base::printable(table.name)), .rows = rows, .what = what});
      }
    };
    add(table.added, "rows made since the snapshot go");
    add(table.changed, "rows changed since the snapshot become what they were");
    add(table.removed, "rows deleted since the snapshot come back");
    for (const std::string& column : table.columns_added) {
      out.push_back({.object = base::cat("table ", base::printable(table.name), ", column ", base::printable(column)),
                     .rows = std::nullopt,
                     .what = "was made since the snapshot, and goes"});
    }
  }
  return out;
}

void count_exactly(Repository& repository, const DatabaseConfig& database, RollbackPlan& plan, Observer& observer) {
  WayBack& restore = plan.ways.at(static_cast<std::size_t>(Strategy::restore));
  if (plan.snapshot.empty() || !restore.why_not.empty()) {
    return;
  }
  restore.losses = exact_losses(diff(repository, database, plan.snapshot, "live", observer), database.migrations_table);
  restore.unknown.clear();
}

}  // namespace

const char* to_string(Strategy strategy) { return strategy_names.at(static_cast<std::size_t>(strategy)).data(); }

std::optional<Strategy> strategy_from_string(const std::string& text) {
  const auto found = std::ranges::find(strategy_names, text);
  return found == strategy_names.end() ? std::nullopt
                                       : std::optional(static_cast<Strategy>(found - strategy_names.begin()));
}

RollbackPlan plan_rollback(Repository& repository, const Config& config, const DatabaseConfig& database,
                           const RollbackOptions& options, Observer& observer) {
  RollbackPlan plan = recovery::plan_rollback(repository.store(), config, database, options, observer);
  if (options.exact) {
    count_exactly(repository, database, plan, observer);
  }
  return plan;
}

RollbackResult execute_rollback(Repository& repository, const Config& config, const DatabaseConfig& database,
                                const RollbackPlan& plan, const AskStep& ask, Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  return recovery::execute_rollback(store, config, database, plan, ask, telling_of_rollback(config, observer),
                                    observer);
}

RollbackResult resume_rollback(Repository& repository, const Config& config, const DatabaseConfig& database,
                               const AskStep& ask, Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  return recovery::resume_rollback(store, config, database, ask, telling_of_rollback(config, observer), observer);
}

std::vector<std::string> abandon_run(Repository& repository, const DatabaseConfig& database, const std::string& command,
                                     Observer& observer) {
  repository::Store& store = repository.store();
  store.require_writable();
  return recovery::abandon_run(store, database, command, observer);
}

}  // namespace dbrollback
