#pragma once

#include <string>

#include "schema/postgres_tree.hpp"
#include "schema/statement_facts.hpp"
#include "schema/words.hpp"

namespace dbrollback::schema {

// What a statement of PostgreSQL says beyond its head: by the parser, or by its words where that cannot read it.
void add_postgres_facts(const std::string& statement, const Words& words, StatementFacts& out);

// Of one kind of statement each: those of an AlterTableStmt; of what writes rows, wherever it is below a tree; and
// whether the words alone say that it refuses a transaction.
void add_alter_table_facts(const Tree& alter, StatementFacts& out);
void add_write_facts(const Tree& tree, StatementFacts& out);
[[nodiscard]] bool words_refuse_transaction(const Words& words);

}  // namespace dbrollback::schema
