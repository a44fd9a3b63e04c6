// What PostgreSQL's own scanner (libpg_query, https://github.com/pganalyze/libpg_query) sees in a script.
#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace dbrollback::schema {

using PostgresToken = PgQuery__ScanToken;

// What pg_query_scan returned, while it is needed: nothing but a problem, or all of the tokens. Precondition: no zero
// byte.
class PostgresTokens {
 public:
  explicit PostgresTokens(std::string_view script);
  PostgresTokens(const PostgresTokens&) = delete;
  PostgresTokens& operator=(const PostgresTokens&) = delete;
  PostgresTokens(PostgresTokens&&) = delete;
  PostgresTokens& operator=(PostgresTokens&&) = delete;
  ~PostgresTokens() { pg_query_free_scan_result(result_); }

  [[nodiscard]] std::string problem() const { return result_.error == nullptr ? "" : result_.error->message; }
  [[nodiscard]] std::size_t problem_at() const { return problem_at_; }
  [[nodiscard]] std::size_t size() const { return scanned_ ? scanned_->n_tokens : 0; }
  [[nodiscard]] const PostgresToken& operator[](std::size_t i) const { return *scanned_->tokens[i]; }

 private:
  struct Free {
    void operator()(PgQuery__ScanResult* scanned) const { pg_query__scan_result__free_unpacked(scanned, nullptr); }
  };

  PgQueryScanResult result_;
  std::size_t problem_at_ = 0;
  std::unique_ptr<PgQuery__ScanResult, Free> scanned_;
};

[[nodiscard]] inline bool is_comment(const PostgresToken& token) {
  return token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT;
}

// Where a statement ends: at a semicolon outside parentheses and outside the body of a function.
class PostgresEnds {
 public:
  // Whether the statement ends before this token.
  [[nodiscard]] bool at(const PostgresToken& token);

 private:
  int parentheses_ = 0;
  int blocks_ = 0;  // BEGIN ATOMIC, and within it CASE, which ends in the same way
  PgQuery__Token before_ = PG_QUERY__TOKEN__NUL;
};

// The same script with blanks in the place of \restrict and \unrestrict with a key. A key is letters and digits in any
// order, which the scanner need not be able to read (https://www.postgresql.org/docs/current/app-psql.html,
// "\restrict").
[[nodiscard]] std::string without_keys(std::string_view script);

}  // namespace dbrollback::schema
