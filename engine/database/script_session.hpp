// A session in which the scripts of migrations run: with the settings that the server gives to any other client, and
// nothing hidden from who runs them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "engine/database/database.hpp"
#include "schema/migrations/format.hpp"
#include "schema/statements.hpp"

namespace dbrollback::database {

// What a statement may leave behind that nobody sees at once.
struct Trace {
  std::string object;  // "index public.orders_email", "table lines"
  std::string problem;
  std::string mend;        // a statement that takes it away; empty: none does
  std::uint64_t rows = 0;  // of `object` that are concerned
};

// A table and how many rows it has: a file's by counting, a server's by its own estimate.
struct TableSize {
  std::string name;
  std::string sql_name;  // as SQL names it
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // with its indexes; 0: not known
};

class ScriptSession {
 public:
  ScriptSession() = default;
  ScriptSession(const ScriptSession&) = delete;
  ScriptSession& operator=(const ScriptSession&) = delete;
  ScriptSession(ScriptSession&&) = delete;
  ScriptSession& operator=(ScriptSession&&) = delete;
  virtual ~ScriptSession() = default;

  [[nodiscard]] virtual schema::Dialect dialect() const = 0;
  // What a query returns.
  virtual std::vector<schema::Row> rows(const std::string& query) = 0;
  // The same, row by row, for results of any size; of a server, each value as COPY writes it.
  virtual void each_row(const std::string& query, const std::function<void(const schema::Row& row)>& take) = 0;
  // Where the tool's table is; without one, where the tool would make it, which with `to_write` can be done then.
  struct Found {
    schema::Place place;
    bool exists = false;
  };
  virtual Found find(const schema::Format& format, const std::string& table, bool to_write) = 0;
  // The name by which the server knows the database; a file's path.
  [[nodiscard]] virtual std::string database() const = 0;

  // A transaction that can be committed: of SQLite, one that nobody else writes beside.
  virtual void begin() = 0;
  // Error (Exit::partial) when the server's answer was lost.
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  enum class State { idle, in_transaction, failed };
  [[nodiscard]] virtual State state() const = 0;

  // Runs a statement of a script, and returns how many rows it wrote.
  virtual std::uint64_t run(const schema::Statement& statement) = 0;
  // Statements of our own, without a result.
  virtual void execute(const std::string& sql) = 0;
  // How long statements wait for a lock from now on; 0: for ever.
  virtual void set_lock_timeout(std::chrono::milliseconds timeout) = 0;
  // The settings that it had at first: a script may have changed them. Precondition: idle.
  virtual void reset() = 0;

  // What is there now and should not be: invalid indexes; rows that refer to nothing.
  [[nodiscard]] virtual std::vector<Trace> traces() = 0;
  [[nodiscard]] virtual std::vector<TableSize> table_sizes() = 0;
  // What an earlier run of ours, which has ended, left running in the server: "a session since 12:03:04: CREATE INDEX
  // …".
  [[nodiscard]] virtual std::vector<std::string> left_running() { return {}; }

  // Takes the locks with these keys as soon as nobody else has them, within `timeout`, and holds them as long as this
  // session; never waits in the server, where CREATE INDEX CONCURRENTLY would wait for who waits. Error "migrating"
  // (Exit::busy). A file has no such locks.
  virtual void lock(const std::vector<std::int64_t>& keys, std::chrono::milliseconds timeout) = 0;
};

// Errors: as of the adapters; Exit::usage where there is no database.
[[nodiscard]] std::unique_ptr<ScriptSession> open_script_session(const DatabaseConfig& config, const Tick& tick);

}  // namespace dbrollback::database
