// Putting a snapshot back.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"

namespace dbrollback {

// PostgreSQL: to whom belongs what is restored.
struct RoleOptions {
  bool no_owner = false;                       // everything becomes the restoring role's
  bool no_privileges = false;                  // nothing is granted or revoked
  std::map<std::string, std::string> renamed;  // roles in place of those that the snapshot names, which are the keys

  // Whether everything belongs to whom the snapshot says.
  [[nodiscard]] bool as_stored() const { return !no_owner && !no_privileges && renamed.empty(); }
};

struct RestoreOptions {
  std::string id;
  std::optional<std::filesystem::path> into;  // absent: the live file of `database`
  std::vector<std::string> tables;            // empty: everything
  bool snapshot_before = true;                // of what the target holds now, unless the target is new
  bool verify = true;                         // compare every page with the snapshot afterwards
  bool allow_orphans = false;                 // commit chosen tables although rows elsewhere lose what they refer to

  // PostgreSQL only.
  bool elsewhere = false;  // `database` was named for this restore: it is not the one that the application uses
  // `elsewhere` only, one of them at most. The schema without rows, large objects and values of sequences, into a new
  // database; or these alone, into the tables of one that is there, which must all be empty.
  bool schema_only = false;
  bool data_only = false;
  std::vector<std::string> despite;  // names of the obstacles that do not matter
  RoleOptions roles;
  bool in_place = false;  // into the live database itself, in one transaction
  // SQLite: how long the rows of the live database may be counted for the plan; 0: until all are.
  std::chrono::milliseconds count_for{0};
};

// What a restore would do, as a value: print it, keep it, execute it.
struct RestorePlan {
  struct TableChange {
    std::string name;
    std::optional<std::uint64_t> rows_now;       // absent: not in the target
    std::optional<std::uint64_t> rows_restored;  // absent: not in the snapshot
    // PostgreSQL, whose server estimates `rows_now` and this: rows inserted, updated and deleted since the snapshot.
    std::uint64_t written = 0;
  };
  // Something that stands in the way of giving another database this one's name, or is lost by it.
  struct Obstacle {
    std::string name;  // for RestoreOptions::despite
    std::string description;
    std::string next;
  };
  // new_file: nothing is there. live: a database that SQLite can open, or tables in one of a server. replace: a file
  // that is no longer a database, or has leftovers beside it: kept aside first. Of a server: new_database, where there
  // is none of that name; swap, where there is one, which stays aside; in_place, where all that is in it is replaced in
  // one transaction; load: one whose tables are filled.
  enum class Target { new_file, live, replace, new_database, swap, in_place, load };

  RestoreOptions options;
  DatabaseConfig database;
  SnapshotSummary snapshot;
  std::string target;  // the file, or "postgresql://user@host:5432/name"
  Target kind = Target::new_file;
  std::vector<Obstacle> obstacles;                // for `swap`: those that were not waived
  std::string why;                                // for `replace`: what is wrong with the file
  std::vector<std::filesystem::path> keep_aside;  // what is copied aside before anything is overwritten
  // Every table whose rows change in number, come or go; of a server, every one that was written to since. Empty for
  // new_file and new_database.
  std::vector<TableChange> tables;
  std::vector<std::string> uncounted;       // tables that there was no time to count
  bool written_is_known = true;             // false: of a server that could not tell; a warning says why
  std::vector<std::string> schema_changes;  // one sentence each
  std::vector<std::string> holders;         // processes that have the target open now: "1234 gunicorn"
  std::vector<std::string> warnings;
  std::uint64_t bytes = 0;  // of the restored database
  // For `in_place`: how long nobody can use the database, by what the last proof by restoring took. 0: not known.
  std::chrono::milliseconds expected_downtime{};
  std::uint64_t target_stamp = 0;  // what execute compares to see whether the target changed its kind

  [[nodiscard]] bool is_on_server() const {
    return database.engine == DatabaseConfig::Engine::postgres && !options.into;
  }
};

struct RestoreResult {
  std::string id;
  std::string target;
  std::string snapshot_before;  // id of the snapshot of the state before; empty: none was taken
  std::vector<std::filesystem::path> kept_aside;
  bool verified = false;
  std::string verification;  // one sentence: what was compared
  std::uint64_t bytes = 0;
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
  std::chrono::milliseconds duration{};
  std::chrono::milliseconds writers_paused{};  // how long writers of the live file had to wait

  // PostgreSQL only.
  std::string kept_database;             // the name of the one that was replaced; empty: there was none
  std::chrono::milliseconds downtime{};  // how long nobody could connect
  std::uint64_t sessions_ended = 0;
  std::vector<std::string> limits;  // what this role could not restore, a sentence each
};

// Changes nothing. `from` holds the snapshot.
// Errors: Exit::refused for a restore that cannot be done safely, among them that of a snapshot of chosen tables into
// anything but a new database elsewhere; Exit::failed when there is no room.
[[nodiscard]] RestorePlan plan_restore(Repository& from, const DatabaseConfig& database, const RestoreOptions& options,
                                       Observer& observer);

// Does what the plan says. `before_in` receives the snapshot of the state before; null is allowed only when the plan
// takes none. `before_change`, which may be empty, is called once everything is ready, right before the target is
// touched; what it throws ends the restore.
// State after a failure: the target holds exactly what it held, unless the Error is Exit::partial, which says what it
// holds. Errors: Exit::busy when somebody holds the file, naming them; Exit::refused when the target is not what the
// plan saw; Exit::damaged when the snapshot is, before the target is touched.
[[nodiscard]] RestoreResult execute_restore(Repository& from, Repository* before_in, const RestorePlan& plan,
                                            Observer& observer, const std::function<void()>& before_change = {});

struct SwapResult {
  std::string target;                    // the database
  std::string restored;                  // the name that the one that is live now had
  std::string kept_database;             // the name of the one that was live
  std::chrono::milliseconds downtime{};  // how long nobody could connect
  std::uint64_t sessions_ended = 0;
};

// PostgreSQL: puts the database that the last restore replaced back into its place; what is live now is kept aside.
// Errors: "nothing_to_undo" (Exit::refused); as of execute_restore.
[[nodiscard]] SwapResult undo_restore(Repository& repository, const DatabaseConfig& database, Observer& observer);

// A database that a restore keeps beside the live one.
struct ReplacedDatabase {
  std::string name;
  Time replaced{};
  std::optional<std::uint64_t> bytes;  // absent: this role may not ask
};

// PostgreSQL: what restores have left beside the live database, the oldest first.
[[nodiscard]] std::vector<ReplacedDatabase> replaced_databases(const DatabaseConfig& database);
// The one that undo_restore puts back. Error (Exit::refused), "nothing_to_undo".
[[nodiscard]] ReplacedDatabase last_replaced(const DatabaseConfig& database);

// PostgreSQL: what was written to the live database since it took the place of one of them, as far as the server's
// counters tell. Errors: as of the server.
struct WrittenSinceSwap {
  struct Table {
    std::string name;
    std::uint64_t written = 0;  // at least so many rows inserted, updated and deleted
  };
  std::string unknown;        // why it is not known; empty: it is
  std::vector<Table> tables;  // those that were written to, the most first
};

[[nodiscard]] WrittenSinceSwap written_since_swap(const DatabaseConfig& database, const std::string& replaced);

// Drops one of them, for good. Errors: Exit::busy when somebody is connected to it.
void discard_replaced(Repository& repository, const DatabaseConfig& database, const std::string& name,
                      Observer& observer);

struct ExportOptions {
  DatabaseConfig database;  // PostgreSQL: where its programs are
  RoleOptions roles;        // PostgreSQL
};

struct ExportResult {
  std::string id;
  std::string engine;  // "sqlite" or "postgres"
  std::filesystem::path file;
  std::uint64_t bytes = 0;
};

// Writes the snapshot's database to a file, which must not exist yet: as a plain SQLite file, or as a script for psql.
// Errors: Exit::refused when the file exists, Exit::damaged when the snapshot is. State after a failure: no file.
[[nodiscard]] ExportResult export_snapshot(Repository& from, const std::string& id, const std::filesystem::path& file,
                                           const ExportOptions& options, Observer& observer);

}  // namespace dbrollback
