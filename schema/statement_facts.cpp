#include "schema/statement_facts.hpp"

#include "schema/postgres_facts.hpp"
#include "schema/sqlite_facts.hpp"
#include "schema/statement_head.hpp"

namespace dbrollback::schema {

StatementFacts facts_of(Dialect dialect, const Statement& statement) {
  const Words words = words_of(dialect, statement.text);
  const StatementHead head = head_of(dialect, words);
  StatementFacts out;
  out.kind = head.name.empty() ? head.action : head.action + " " + head.name;
  out.control = control_of(words);
  out.if_not_exists = head.if_not_exists;
  if (dialect == Dialect::postgres) {
    add_postgres_facts(statement.text, words, out);
  } else {
    add_sqlite_facts(words, head, out);
  }
  return out;
}

}  // namespace dbrollback::schema
