// Running the migrations that a team has, up and down, and keeping its own tool's table true.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"

namespace dbrollback {

// A migration that a run left half way: one whose statements were not all in one transaction.
struct UnfinishedMigration {
  std::string version;
  std::string name;
  std::string file;
  bool up = true;
  std::size_t statements = 0;  // of the script
  std::size_t done = 0;        // those that are in effect
  // The one after those, where there is one:
  std::string statement;  // in a few words, with its object
  std::size_t line = 0;   // of the file
  std::string problem;  // "failed: …", "was not run"; empty: the run ended while it was running: done or not, who knows
  Time since{};
};

struct MigrationStatus {
  // failed: the tool's own table calls it so. missing: it is applied, and the folder does not have it.
  enum class State { applied, pending, failed, missing };
  std::string version;
  std::string name;
  State state = State::pending;
  bool has_down = false;
  std::string note;  // what is odd about it; empty: nothing
};

struct MigrateStatus {
  std::string database;
  std::string location;
  std::string format;                       // "dbmate"; "command": another tool's, run by its own command
  std::filesystem::path folder;             // empty for a command
  std::string table;                        // the tool's own
  std::string version;                      // the last that is applied; empty: none is
  std::vector<MigrationStatus> migrations;  // in their order
  std::optional<UnfinishedMigration> unfinished;
  std::vector<std::string> running;   // statements of a run that has ended which the server still executes
  std::vector<std::string> warnings;  // invalid indexes, migrations that were applied out of order

  [[nodiscard]] std::size_t pending() const;
};

// Changes nothing. Errors: Exit::usage where no migrations are configured, their format is not known, or a file cannot
// be read; as of the database.
[[nodiscard]] MigrateStatus migrate_status(Repository& repository, const DatabaseConfig& database, Observer& observer);

struct MigrateOptions {
  // A version, or the name or a tag of a migration. Up: the last to apply; empty: all. Down: the one that stays as the
  // last; "none" for none; never empty.
  std::string to;
  unsigned attempts = 5;  // of a script that meets a lock
};

struct MigrateStep {
  struct Statement {
    std::string what;      // in a few words, with its object
    std::size_t line = 0;  // of the file
    std::uint64_t rows = 0;
    std::chrono::milliseconds duration{};
  };
  std::string version;
  std::string name;
  bool up = true;
  bool in_transaction = true;
  unsigned attempts = 1;
  std::vector<Statement> statements;
  std::chrono::milliseconds duration{};
};

struct MigrateResult {
  std::string database;
  std::string format;
  std::string from;  // the version before; empty: none
  std::string to;
  std::vector<MigrateStep> steps;
  std::vector<std::string> warnings;
  std::string output;  // of another tool's command
  std::chrono::milliseconds duration{};
};

// Runs what is pending, each script in a transaction with the row of the tool's table, unless a marker or a statement
// asks for none. Errors: Exit::busy when another run is under way, or a lock was not given in all attempts;
// Exit::refused "unfinished" when an earlier run left a migration half way.
// State after a failure: migrations before the one that failed are applied; of that one nothing is (Exit::failed, or
// Exit::partial when others are), or what UnfinishedMigration says (Exit::partial).
[[nodiscard]] MigrateResult migrate_up(Repository& repository, const DatabaseConfig& database,
                                       const MigrateOptions& options, Observer& observer);
// Runs the down scripts of what is applied after `options.to`, the last first. Errors: also Exit::refused "no_way_back"
// where one has none, before anything is run.
[[nodiscard]] MigrateResult migrate_down(Repository& repository, const DatabaseConfig& database,
                                         const MigrateOptions& options, Observer& observer);

// Where to go on: from_there, from the statement that is not done; skip, behind it; again, from it although it may be
// in effect. Of a BEGIN, the statement is all up to its end.
enum class Resume { from_there, skip, again };

// Goes on with the unfinished migration. Error "uncertain" (Exit::refused) for from_there where nobody knows whether
// the statement is in effect.
[[nodiscard]] MigrateResult migrate_resume(Repository& repository, const DatabaseConfig& database, Resume how,
                                           Observer& observer);

// Makes the tool's table say that a migration is applied, or that it is not, without running anything; what was
// unfinished counts as mended by hand.
void migrate_resolve(Repository& repository, const DatabaseConfig& database, const std::string& version, bool applied,
                     Observer& observer);

// What a run would do.
struct PlannedStatement {
  struct Lock {
    std::string object;  // "public.orders"
    std::string mode;    // as in PostgreSQL's documentation: "ACCESS EXCLUSIVE"
  };
  std::string what;  // in a few words, with its object
  std::size_t line = 0;
  std::vector<Lock> locks;            // PostgreSQL: those that this statement is the first to take
  std::vector<std::string> rewrites;  // PostgreSQL: tables of which every row is written again
  std::vector<std::string> writes;    // tables whose rows it changes
  std::vector<std::string> warnings;  // what destroys data, and what makes others wait
  std::string problem;                // it failed when it was tried: why
};

struct PlannedMigration {
  std::string version;
  std::string name;
  std::string file;
  bool has_down = false;
  bool in_transaction = true;
  std::string why_none;  // why not in one
  std::vector<PlannedStatement> statements;
};

struct MigrationPlan {
  struct Table {
    std::string name;
    std::uint64_t rows = 0;   // PostgreSQL: as the server estimates
    std::uint64_t bytes = 0;  // with its indexes; 0: not known
  };
  std::string database;
  std::string format;
  bool up = true;
  std::string from;
  std::vector<PlannedMigration> migrations;
  std::vector<Table> tables;  // that they lock, write to or rewrite, as they are in the live database
  std::string not_tried;      // why some locks and rewrites are not known; empty: all are, or there are none to know
};

// What migrate_up or (with `up` false) migrate_down would run. Of PostgreSQL it is tried on a copy of the schema, on a
// server for proofs. Changes nothing. Errors: as migrate_up and migrate_down before they run anything.
[[nodiscard]] MigrationPlan plan_migrations(const DatabaseConfig& database, const MigrateOptions& options, bool up,
                                            Observer& observer);

// What comes back when a migration is applied and then reverted.
struct Rehearsal {
  enum class Verdict { lossless, lossy, no_way_back };
  struct Loss {
    std::string object;      // "table users", "table users, column email"
    std::string problem;     // "3 rows lost"
    std::uint64_t rows = 0;  // 0: of no rows, but of the schema
  };
  std::string version;
  std::string name;
  Verdict verdict = Verdict::lossless;
  std::vector<Loss> losses;
  std::string problem;  // for no_way_back: why, where a script failed
  std::chrono::milliseconds up{};
  std::chrono::milliseconds down{};
};

struct RehearsalReport {
  std::string database;
  std::string snapshot;  // id of the one that was rehearsed on
  std::vector<Rehearsal> migrations;

  [[nodiscard]] bool all_lossless() const;
};

// Restores a snapshot into a database for proofs, and there applies and reverts each migration that is pending in it,
// up to `to` (empty: all). The live database is not touched. The verdicts are kept in the repository. Error:
// "rehearsal_failed" (Exit::failed) where an up fails.
[[nodiscard]] RehearsalReport rehearse_migrations(Repository& repository, const DatabaseConfig& database,
                                                  const std::string& snapshot, const std::string& to,
                                                  Observer& observer);

}  // namespace dbrollback
