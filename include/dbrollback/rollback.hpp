// Ways back: what each would cost, and going one of them.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/release.hpp"
#include "dbrollback/run.hpp"

namespace dbrollback {

// app: the database is as the older version needs it. reverse: the down scripts that were kept with the release.
// restore: the snapshot that was taken before it.
enum class Strategy { app, reverse, restore };

[[nodiscard]] const char* to_string(Strategy strategy);
[[nodiscard]] std::optional<Strategy> strategy_from_string(const std::string& text);

struct WayBack {
  Strategy strategy = Strategy::app;
  std::string why_not;                   // empty: it is possible
  std::vector<RunStep> steps;            // that it would take
  std::vector<RunLoss> losses;           // empty: nothing, as far as is known
  std::vector<std::string> unknown;      // what nobody can say, a sentence each
  bool brings_all_back = true;           // false: what the migrations destroyed does not come back this way
  std::chrono::milliseconds expected{};  // all of it; 0: not known
  std::string expected_from;             // what that comes from
};

struct RollbackOptions {
  std::string to;                    // a version; empty: the last one before that was good
  std::optional<Strategy> strategy;  // absent: the one that the plan proposes
  bool exact = false;                // count what would be lost by key, however long that takes
  bool snapshot_first = true;        // before down scripts that are not proven to bring everything back
  bool with_application = true;
  std::vector<std::string> despite;  // obstacles of a restore that do not matter
  std::string trigger;               // why, for the report
};

struct RollbackPlan {
  RollbackOptions options;
  std::string database;
  std::string location;
  std::string from_version;
  std::string to_version;             // empty: nobody knows what ran before
  std::vector<std::string> releases;  // ids of those that are undone, the newest first
  std::string snapshot;               // of the state that comes back; empty: there is none
  std::string fingerprint;            // of that state
  std::vector<WayBack> ways;          // app, reverse, restore
  Strategy strategy = Strategy::restore;
  std::string reason;  // for that strategy
  std::optional<std::chrono::milliseconds> rto;
  std::vector<std::string> commands;  // of the application, as they would be run
  std::vector<std::string> warnings;
  std::string stamp;  // of the world that it was made from

  [[nodiscard]] const WayBack& way() const { return ways.at(static_cast<std::size_t>(strategy)); }
};

// Changes nothing. Errors: Exit::refused "nothing_to_roll_back", "unfinished_run"; Exit::usage "no_such_release".
// A way that is not possible is a value, unless it was asked for: then Error (Exit::refused), "no_way_back".
[[nodiscard]] RollbackPlan plan_rollback(Repository& repository, const Config& config, const DatabaseConfig& database,
                                         const RollbackOptions& options, Observer& observer);

// Asked before each step of a rollback by hand.
enum class StepChoice { run, skip, stop };
using AskStep = std::function<StepChoice(const RunStep& step)>;

struct RollbackResult {
  Run run;
  Strategy strategy = Strategy::restore;
  std::string to_version;
  std::string kept_database;    // PostgreSQL: the name of the one that was replaced
  std::string snapshot_before;  // of the state that was left; empty: none was taken
  std::vector<std::string> verification;
  bool healthy = true;
  std::vector<std::string> health;
  std::chrono::milliseconds duration{};
};

// Does what the plan says; `ask` may be empty. Errors: Exit::refused "plan_is_stale" when the world moved since the
// plan; Exit::partial after the first change: the Error says what state things are in, and `resume_rollback` goes on.
[[nodiscard]] RollbackResult execute_rollback(Repository& repository, const Config& config,
                                              const DatabaseConfig& database, const RollbackPlan& plan,
                                              const AskStep& ask, Observer& observer);

// Goes on with an unfinished rollback, from the step that it was in. Error "nothing_to_resume" (Exit::refused).
[[nodiscard]] RollbackResult resume_rollback(Repository& repository, const Config& config,
                                             const DatabaseConfig& database, const AskStep& ask, Observer& observer);

// Gives up an unfinished deploy or rollback. Nothing is run: the records say afterwards what state the database is in,
// and so does what it returns, a sentence each. Error "nothing_to_abandon" (Exit::refused).
// `command`: "deploy" or "rollback", which must be the one that is unfinished.
[[nodiscard]] std::vector<std::string> abandon_run(Repository& repository, const DatabaseConfig& database,
                                                   const std::string& command, Observer& observer);

}  // namespace dbrollback
