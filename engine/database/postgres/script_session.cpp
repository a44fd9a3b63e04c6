#include "engine/database/postgres/script_session.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/commit.hpp"
#include "engine/database/postgres/pooler.hpp"
#include "schema/statement_facts.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* application_name = "dbrollback migrate";
constexpr const char* lock_application_name = "dbrollback migrate: lock";  // runs nothing of a script

// What a script must find as any client does, and what must not end it half way. A statement whose client is gone ends
// soon instead of when it is done, where the server can notice.
void settle_scripts(Connection& connection, std::chrono::milliseconds lock_timeout) {
  (void)connection.execute("RESET SESSION AUTHORIZATION");
  (void)connection.execute("RESET ROLE");
  (void)connection.execute("RESET ALL");
  (void)connection.execute(cat("SET application_name = ", literal(application_name),
                               "; SET client_encoding = 'UTF8'; SET client_min_messages = warning; "
                               "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
                               "SET lock_timeout = ",
                               lock_timeout.count()));
  if (connection.server_version() >= 140000) {
    (void)connection.execute("SET idle_session_timeout = 0; SET client_connection_check_interval = '1s'");
  }
  if (connection.server_version() >= 170000) {
    (void)connection.execute("SET transaction_timeout = 0");
  }
}

[[noreturn]] void fail_locked(const std::string& shown) {
  base::fail({.code = "migrating",
              .exit = Exit::busy,
              .message = cat("another run of migrations holds the lock of ", base::printable(shown)),
              .object = shown,
              .state = "nothing was changed",
              .next = "wait until it is done; `dbrollback migrate status` says what it left"});
}

}  // namespace

PostgresScriptSession::PostgresScriptSession(const Parameters& parameters, ConnectionOptions options)
    : options_(std::move(options)), connection_(parameters, options_) {
  refuse_transaction_pooler(connection_, options_);
  settle_scripts(connection_, options_.lock_timeout);
}

std::vector<schema::Row> PostgresScriptSession::rows(const std::string& query) {
  const Result result = connection_.execute(query);
  std::vector<schema::Row> out;
  out.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    schema::Row& fields = out.emplace_back();
    for (int column = 0; column < result.columns(); ++column) {
      fields.push_back(result.is_null(row, column) ? std::nullopt : std::optional(result.text(row, column)));
    }
  }
  return out;
}

void PostgresScriptSession::each_row(const std::string& query,
                                     const std::function<void(const schema::Row& row)>& take) {
  schema::Row row;
  (void)connection_.copy_out(cat("COPY (", query, ") TO STDOUT"), [&](base::ByteView bytes) {
    std::string_view line = base::text_of(bytes);
    line.remove_suffix(1);
    row.clear();
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find('\t', at), line.size());
      const std::string_view field = line.substr(at, end - at);
      row.push_back(field == "\\N" ? std::nullopt : std::optional(std::string(field)));
      at = end + 1;
    }
    take(row);
  });
}

ScriptSession::Found PostgresScriptSession::find(const schema::Format& format, const std::string& table,
                                                 bool /*to_write*/) {
  Found found{.place = {.dialect = schema::Dialect::postgres, .schema = {}, .table = quote(table)}, .exists = false};
  const std::string own(format.own_schema);
  const auto in = connection_.value(
      "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid = pg_catalog.to_regclass($1)",
      {own.empty() ? quote(table) : quote(own, table)});
  found.exists = in.has_value();
  const auto schema = !own.empty() ? std::optional(own) : in ? in : connection_.value("SELECT current_schema()");
  if (!schema) {
    base::fail({.code = "no_schema",
                .exit = Exit::failed,
                .message = cat("no schema of the search_path of ", base::printable(connection_.shown()),
                               " exists: there is no place for the table ", base::printable(table)),
                .object = connection_.shown(),
                .state = "nothing was changed",
                .next = "make the schema, or set the role's search_path"});
  }
  found.place.schema = quote(*schema);
  return found;
}

void PostgresScriptSession::begin() { (void)connection_.execute("BEGIN"); }

void PostgresScriptSession::commit() {
  postgres::commit(connection_, "the migration is in effect as a whole or not at all", "dbrollback migrate status");
}

void PostgresScriptSession::rollback() noexcept {
  try {
    (void)connection_.execute("ROLLBACK");
  } catch (const std::exception&) {
    return;  // the connection is gone, and with it the transaction
  }
}

ScriptSession::State PostgresScriptSession::state() const {
  switch (connection_.transaction()) {
    case Connection::Transaction::none:
      return State::idle;
    case Connection::Transaction::open:
      return State::in_transaction;
    default:
      return State::failed;
  }
}

std::uint64_t PostgresScriptSession::run(const schema::Statement& statement) {
  if (statement.copy_data) {
    return connection_.copy_in(statement.text,
                               [&](const Connection::Put& put) { put(base::bytes_of(*statement.copy_data)); });
  }
  return connection_.execute(statement.text).affected();
}

void PostgresScriptSession::set_lock_timeout(std::chrono::milliseconds timeout) {
  (void)connection_.execute(cat("SET lock_timeout = ", timeout.count()));
}

void PostgresScriptSession::reset() { settle_scripts(connection_, options_.lock_timeout); }

std::vector<Trace> PostgresScriptSession::traces() {
  const Result result = connection_.execute(
      "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), "
      "t.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
      "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_stat_progress_create_index AS now WHERE now.datname = pg_catalog.current_database() AND "
      "now.index_relid = i.indexrelid) ORDER BY 1");
  std::vector<Trace> out;
  out.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    out.push_back({.object = cat("index ", result.text(row, 0)),
                   .problem = cat("is invalid: queries of ", base::printable(result.text(row, 1)),
                                  " do not use it, and CREATE INDEX IF NOT EXISTS passes it by"),
                   .mend = cat("DROP INDEX CONCURRENTLY ", result.text(row, 0))});
  }
  return out;
}

std::vector<TableSize> PostgresScriptSession::table_sizes() {
  const Result result = connection_.execute(
      "SELECT n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::bigint, "
      "pg_catalog.pg_total_relation_size(c.oid), "
      "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
  std::vector<TableSize> out;
  out.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    out.push_back({.name = result.text(row, 0),
                   .sql_name = result.text(row, 3),
                   .rows = static_cast<std::uint64_t>(result.integer(row, 1)),
                   .bytes = static_cast<std::uint64_t>(result.integer(row, 2))});
  }
  return out;
}

std::vector<std::string> PostgresScriptSession::left_running() {
  const Result result = connection_.execute(
      "SELECT pid, pg_catalog.to_char(query_start AT TIME ZONE 'UTC', 'HH24:MI:SS'), query "
      "FROM pg_catalog.pg_stat_activity "
      "WHERE datname = pg_catalog.current_database() AND application_name = $1 AND state = 'active' "
      "AND pid <> pg_catalog.pg_backend_pid() ORDER BY query_start",
      {application_name});
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    // Not its text, which may hold a password: CREATE ROLE … PASSWORD.
    const std::string kind = schema::facts_of(schema::Dialect::postgres, {.text = result.text(row, 2)}).kind;
    out.push_back(
        cat("session ", result.text(row, 0), ", since ", result.text(row, 1), " UTC: ", base::printable(kind)));
  }
  return out;
}

// In a session without a transaction, which nobody waits for: CREATE INDEX CONCURRENTLY waits for all others that
// began before it, also for those that wait for a lock
// (https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY).
void PostgresScriptSession::lock(const std::vector<std::int64_t>& keys, std::chrono::milliseconds timeout) {
  if (!locks_) {
    locks_ = std::make_unique<Connection>(connection_.parameters(), options_);
    (void)locks_->execute(cat("SET application_name = ", literal(lock_application_name)));
  }
  const auto deadline = Clock::now() + timeout;
  for (const std::int64_t key : keys) {
    while (locks_->value("SELECT pg_catalog.pg_try_advisory_lock($1)", {std::to_string(key)}) != "t") {
      if (Clock::now() >= deadline) {
        locks_.reset();
        fail_locked(connection_.shown());
      }
      if (options_.tick) {
        options_.tick();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
}

}  // namespace dbrollback::database::postgres
