#pragma once

#include "schema/statement_facts.hpp"
#include "schema/statement_head.hpp"

namespace dbrollback::schema {

// What the words of a statement of SQLite say beyond its head.
void add_sqlite_facts(const Words& words, const StatementHead& head, StatementFacts& out);

}  // namespace dbrollback::schema
