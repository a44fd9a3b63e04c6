#include "engine/database/postgres/statements.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/database/postgres/errors.hpp"

namespace dbrollback::database::postgres {

using base::bytes_of;
using base::cat;

namespace {

// Each may keep a lock until the transaction ends, and the server has room for some thousand.
constexpr int statements_at_once = 500;

}  // namespace

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
    (void)connection_->execute(cat("BEGIN; ", some, " COMMIT"));
  }
}

void SessionStatements::copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) {
  (void)connection_->copy_in(sql, produce);
}

void ScriptStatements::run(const std::string& sql) { take_(bytes_of(cat(sql, ";\n"))); }

void ScriptStatements::run_each(const std::string& query, bool /*together*/) {
  take_(bytes_of(cat(query, "\n\\gexec\n")));
}

void ScriptStatements::copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) {
  run(sql);
  produce(take_);
  take_(bytes_of("\\.\n"));
}

}  // namespace dbrollback::database::postgres
