// The record of a migration that runs outside a transaction: written before each of its statements and after it, and
// gone once it is done. What a crash leaves is the truth about what ran. In the repository, since nothing of ours is in
// the database: docs/migrations.md.
#pragma once

#include <optional>
#include <string>

#include "dbrollback/error.hpp"
#include "dbrollback/migrate.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::migrate {

struct Unfinished {
  UnfinishedMigration what;
  std::string done_hash;    // of the statements that are done: those must be the same when the run goes on
  bool is_running = false;  // the statement after those was given to the database
};

// UnfinishedMigration::problem, where nothing went wrong with the statement.
constexpr const char* not_run = "was not run";

class UnfinishedRecord {
 public:
  // `identity`: of the database::Database. `store` must outlive it.
  UnfinishedRecord(repository::Store& store, const std::string& identity);

  [[nodiscard]] std::optional<Unfinished> read() const;
  void write(const Unfinished& unfinished) const;
  void remove() const;
  // A restore changes which state the database is in: the record goes with the one that is set aside, under its name
  // (of a snapshot, or of a database that was replaced; empty: that state is gone), and that of `back` comes back.
  void change_state(const std::string& aside, const std::string& back) const;

 private:
  [[nodiscard]] std::string object_of(const std::string& state) const;

  repository::Store* store_;
  std::string object_;
};

// "statements 1 to 3 of 5 are in effect"
[[nodiscard]] std::string in_effect(const UnfinishedMigration& unfinished);

// Whether it ended while a statement was running, of which nobody knows whether it is in effect.
[[nodiscard]] bool is_uncertain(const UnfinishedMigration& unfinished);

// Error "unfinished", which says what it leaves and what mends it.
[[nodiscard]] ErrorInfo describe(const UnfinishedMigration& unfinished, Exit exit);

}  // namespace dbrollback::migrate
