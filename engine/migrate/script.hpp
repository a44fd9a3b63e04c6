// A script of a migration, read statement by statement, and how it has to be run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/migrate/project.hpp"
#include "schema/statement_facts.hpp"
#include "schema/statements.hpp"

namespace dbrollback::migrate {

struct ScriptStatement {
  schema::Statement statement;  // its line is the file's
  schema::StatementFacts facts;
};

struct PreparedScript {
  const schema::Migration* migration = nullptr;
  schema::Direction direction = schema::Direction::up;
  std::string file;  // within the folder
  std::vector<ScriptStatement> statements;
  bool in_transaction = true;
  std::string why_none;  // for people: why not in one

  [[nodiscard]] bool is_up() const { return direction == schema::Direction::up; }
};

// A script that is one transaction by its own BEGIN and COMMIT is that without these: it gets the same one as the row
// of the tool's table. Precondition: the migration has a script in this direction. Errors: "bad_migration"
// (Exit::usage) for one that cannot be read to its end; "ends_transaction" (Exit::refused) for one that ends its
// transaction on the way where a marker could have asked for none.
[[nodiscard]] PreparedScript prepare(const LoadedProject& project, schema::Dialect dialect,
                                     const schema::Migration& migration, schema::Direction direction);

// How a file of this format asks for no transaction in this direction; empty: it cannot.
[[nodiscard]] std::string marker_for(const schema::Format& format, schema::Direction direction);

// A CALL or a DO, of which only the server knows.
[[nodiscard]] bool may_end_transaction(const ScriptStatement& statement);

// Its verify script, without statements that begin or end a transaction; none: empty.
[[nodiscard]] std::vector<ScriptStatement> prepare_verify(const LoadedProject& project, schema::Dialect dialect,
                                                          const schema::Migration& migration);

}  // namespace dbrollback::migrate
