// One moment of a database for several sessions (https://www.postgresql.org/docs/current/functions-admin.html,
// "Snapshot Synchronization Functions"), with every table locked against what MVCC does not cover: a table that is
// truncated or rewritten after the snapshot reads as empty in it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/database/postgres/relations.hpp"
#include "engine/database/postgres/table_choice.hpp"

namespace dbrollback::database::postgres {

// Holds ACCESS SHARE locks on all tables, and the snapshot, for as long as it lives. One thread.
class ExportedSnapshot {
 public:
  // Locks first, takes the snapshot then, and starts over when tables came or went in between. Waits for no lock longer
  // than the options say: Error "database_locked" (Exit::busy). Throws "not_readable" (Exit::failed) naming the tables
  // whose rows this role may not see, all of them, and large objects, and "pooled" where sessions are not ours for
  // longer than a transaction. Rows that `choice` leaves out may be hidden; other errors as of TableChoice::apply.
  ExportedSnapshot(const Parameters& parameters, const ConnectionOptions& options, TableChoice choice = {});

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Relation>& relations() const { return relations_; }
  [[nodiscard]] const TableChoice& choice() const { return choice_; }
  // In the snapshot.
  [[nodiscard]] Connection& connection() { return *connection_; }

  // Begins a transaction of another session in the same snapshot and locks the tables for it too. False when somebody
  // waits for a greater lock on one of them: this session would wait behind him, and he waits for us.
  [[nodiscard]] bool join(Connection& connection) const;

 private:
  bool try_to_take();
  [[nodiscard]] std::vector<Relation> list() const;
  void require_readable() const;

  std::unique_ptr<Connection> connection_;
  TableChoice choice_;
  std::string name_;
  std::vector<Relation> relations_;
};

}  // namespace dbrollback::database::postgres
