// Run records: what a command did, kept in runs/ for reports and for estimates from earlier runs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbrollback/run.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::repository {

struct RunRecord {
  std::string command;
  std::string database;
  std::vector<std::pair<std::string, std::string>> facts;  // "snapshot": id, …
};

// Runs `action` and writes the record, with who, where, when and how it ended. A record that cannot be written changes
// no outcome: the observer is warned.
void recorded(Store& store, RunRecord& record, Observer& observer, const std::function<void()>& action);

// A run that begins now, by whom and where; nothing is written.
[[nodiscard]] Run begin_run(const std::string& command, const std::string& database);
// Writes the record of a run that is over, or replaces it.
void write_run(Store& store, const Run& run);

// A run that is resumed after a crash is kept in journals/ from before its first step until it is over: one for each
// database, replaced as a whole before and after each step. `identity`: of the database::Database.
class Journal {
 public:
  Journal(Store& store, const std::string& identity);
  // Throws Error (Exit::damaged).
  [[nodiscard]] std::optional<Run> read() const;
  void write(const Run& run) const;
  void remove() const;

 private:
  Store* store_;
  std::string object_;
};

// Those that are over, the oldest first; those that cannot be read are left out. `database` empty: of all.
[[nodiscard]] std::vector<Run> read_runs(Store& store, const std::string& database);

// The one of that id, which is over; nothing when there is none, or it cannot be read.
[[nodiscard]] std::optional<Run> find_run(Store& store, const std::string& id);
// Those that are not over, in the same way: what the journals hold.
[[nodiscard]] std::vector<Run> read_journals(Store& store, const std::string& database);

}  // namespace dbrollback::repository
