// What a statement of a migration does, as far as it can be told without a database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/statements.hpp"

namespace dbrollback::schema {

// Of transactions; savepoint: SAVEPOINT, RELEASE and ROLLBACK TO. PREPARE TRANSACTION ends one, as a commit does.
enum class Control { none, begin, commit, rollback, savepoint };

// What destroys data, makes others wait, or stops the running application from working.
struct Warning {
  std::string kind;    // "drops", "deletes", "narrows", "blocks", "cascade" or "renames"
  std::string object;  // "orders", "sales.orders.email"; empty: of no single one
  std::string text;    // for people
};

struct StatementFacts {
  std::string kind;  // for people: "CREATE INDEX CONCURRENTLY orders_email", "UPDATE orders"
  // It cannot run in a transaction, or does not do there what it is for: ALTER TYPE … ADD VALUE makes a value that
  // nothing can use before the commit, and SQLite's PRAGMA foreign_keys does nothing.
  bool refuses_transaction = false;
  Control control = Control::none;
  // PostgreSQL: SET, RESET and SELECT set_config() of what outlives the transaction; SQLite: PRAGMA name = value.
  bool is_session_setting = false;
  std::string sets;  // its name in small letters; empty: none, or all
  // PostgreSQL, what CREATE INDEX CONCURRENTLY makes: its name (empty: the server chooses it), and its table as SQL.
  std::optional<std::string> index;
  std::string index_table;
  bool if_not_exists = false;              // of CREATE
  std::vector<std::string> drops_tables;   // names without quotes: "schema.table" or "table"
  std::vector<std::string> writes_tables;  // by INSERT, UPDATE, DELETE, MERGE, TRUNCATE and COPY FROM
  std::vector<Warning> warnings;

  struct Retyped {
    std::string table;
    std::string column;
    std::string type;  // as PostgreSQL's format_type() writes it
  };
  std::vector<Retyped> retyped;  // whether that loses anything, type_change() knows, given the old type
};

// Where PostgreSQL's parser (of version 15) cannot read a statement, its words still say the kind, the control and
// whether it refuses a transaction.
[[nodiscard]] StatementFacts facts_of(Dialect dialect, const Statement& statement);

}  // namespace dbrollback::schema
