#include "engine/database/postgres/statements.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/database/postgres/errors.hpp"
#include "schema/postgres_script.hpp"

namespace dbrollback::database::postgres {

using base::bytes_of;
using base::cat;

namespace {

// Each may keep a lock until the transaction ends, and the server has room for some thousand.
constexpr int statements_at_once = 500;

// pg_restore puts what follows into a mode of psql's, which is none of a session's: a line before all statements, and
// the same key in the last one (https://www.postgresql.org/docs/current/app-psql.html, "\restrict").
void remove_restriction(std::string& script) {
  constexpr std::string_view begin = "\n\\restrict ";
  const auto at = script.find(begin);
  if (at == std::string::npos || at > script.find("\nSET ")) {
    return;
  }
  const auto end = script.find('\n', at + 1);
  const std::string last = cat("\n\\unrestrict ", script.substr(at + begin.size(), end - at - begin.size()), "\n");
  if (const auto ends_at = script.rfind(last); ends_at != std::string::npos) {
    script.erase(ends_at, last.size());
  }
  script.erase(at, end - at);
}

}  // namespace

void SessionStatements::script(const std::function<void(const Connection::Put& put)>& produce) {
  std::string text;
  produce([&](base::ByteView bytes) { text += base::text_of(bytes); });
  remove_restriction(text);
  const schema::PostgresScript script = schema::split(text);
  if (transactions_ == Transactions::callers || !script.problem.empty()) {
    run(text);
    return;
  }
  for (const std::string_view statement : script.statements) {  // each a transaction: all locks of a schema are many
    run(std::string(statement));
  }
}

void SessionStatements::begin() {
  if (transactions_ == Transactions::own) {
    run("BEGIN");
  }
}

void SessionStatements::commit() {
  if (transactions_ == Transactions::own) {
    run("COMMIT");
  }
}

void SessionStatements::run(const std::string& sql) { (void)connection_->execute(sql); }

void SessionStatements::run_each(const std::string& query, bool together) {
  const Result statements = connection_->execute(query);
  for (int row = 0; row < statements.rows();) {
    if (!together) {
      const std::string statement = statements.text(row++, 0);
      try {
        (void)connection_->execute(statement);
      } catch (const Error& error) {
        throw failure_of(statement, error);
      }
      continue;
    }
    std::string some;
    for (const int end = std::min(statements.rows(), row + statements_at_once); row < end; ++row) {
      some += cat(statements.text(row, 0), ";");
    }
    begin();
    run(some);
    commit();
  }
}

void SessionStatements::copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) {
  (void)connection_->copy_in(sql, produce);
}

void ScriptStatements::run(const std::string& sql) { take_(bytes_of(cat(sql, ";\n"))); }

void ScriptStatements::script(const std::function<void(const Connection::Put& put)>& produce) { produce(take_); }

void ScriptStatements::run_each(const std::string& query, bool /*together*/) {
  take_(bytes_of(cat(query, "\n\\gexec\n")));
}

void ScriptStatements::copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) {
  run(sql);
  produce(take_);
  take_(bytes_of("\\.\n"));
}

}  // namespace dbrollback::database::postgres
