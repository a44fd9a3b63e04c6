#include "engine/database/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <charconv>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int poll_ms = 100;
constexpr std::uint64_t rows_per_tick = 1024;

std::string in_quotes(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text) {
    out += c;
    if (c == mark) {
      out += c;
    }
  }
  return out + mark;
}

std::string field(const pg_result* result, int which) {
  const char* text = PQresultErrorField(result, which);
  return text == nullptr ? std::string() : text;
}

bool poll_socket(int fd, short events) {
  pollfd waited{.fd = fd, .events = events, .revents = 0};
  return ::poll(&waited, 1, poll_ms) > 0;
}

// Only what every server since 12 knows, and what a version adds.
std::string settings_for(int version, std::chrono::milliseconds lock_timeout, const std::string& encoding) {
  std::string sql =
      "SET search_path = ''; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; "
      "SET extra_float_digits = 3; SET bytea_output = 'hex'; SET row_security = off; SET statement_timeout = 0; "
      "SET idle_in_transaction_session_timeout = 0; SET synchronize_seqscans = off; SET xmloption = 'content'; "
      "SET standard_conforming_strings = on; SET client_min_messages = warning; "
      "SET jit = off; ";  // takes longer to compile what catalogs are asked than to run it
  sql += cat("SET client_encoding = '", encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8", "'; ");
  sql += cat("SET lock_timeout = ", lock_timeout.count(), "; ");
  if (version >= 140000) {
    sql += "SET idle_session_timeout = 0; ";
  }
  if (version >= 170000) {
    sql += "SET transaction_timeout = 0; ";
  }
  return sql;
}

}  // namespace

std::string quote(std::string_view identifier) { return in_quotes(identifier, '"'); }

std::string quote(std::string_view schema, std::string_view name) { return cat(quote(schema), ".", quote(name)); }

std::string literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) {
    return in_quotes(text, '\'');
  }
  std::string doubled;
  for (const char c : text) {
    doubled += c;
    if (c == '\\') {
      doubled += c;
    }
  }
  return "E" + in_quotes(doubled, '\'');
}

void Result::Free::operator()(pg_result* result) const { PQclear(result); }

Result::Result(pg_result* result) : result_(result) {}

int Result::rows() const { return PQntuples(handle()); }
int Result::columns() const { return PQnfields(handle()); }
bool Result::is_null(int row, int column) const { return PQgetisnull(handle(), row, column) != 0; }

std::string Result::text(int row, int column) const {
  return {PQgetvalue(handle(), row, column), static_cast<std::size_t>(PQgetlength(handle(), row, column))};
}

std::int64_t Result::integer(int row, int column) const {
  std::int64_t value = 0;
  const char* begin = PQgetvalue(handle(), row, column);
  (void)std::from_chars(begin, begin + PQgetlength(handle(), row, column), value);
  return value;
}

bool Result::boolean(int row, int column) const { return *PQgetvalue(handle(), row, column) == 't'; }

std::uint64_t Result::affected() const {
  const std::string_view text = PQcmdTuples(handle());
  std::uint64_t value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(const Parameters& parameters, const ConnectionOptions& options)
    : parameters_(parameters), shown_(parameters.shown()), options_(options) {
  std::vector<const char*> keywords{"fallback_application_name"};
  std::vector<const char*> values{"dbrollback"};
  for (const auto& [keyword, value] : parameters_.values()) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
  const auto deadline = Clock::now() + options_.connect_timeout;
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(connection_.get())) {
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
      fail(nullptr, "connect to");
    }
    const auto events = static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT);
    while (!poll_socket(PQsocket(connection_.get()), events)) {
      tick();
      if (Clock::now() > deadline) {
        base::fail({.code = "no_connection",
                    .exit = Exit::busy,
                    .message = cat("could not connect to ", base::printable(shown_), ": no answer within ",
                                   base::human_duration(options_.connect_timeout)),
                    .object = shown_,
                    .state = "nothing was changed",
                    .next = "check the host and the port, and the network between"});
      }
    }
  }
  settle();
}

Connection::~Connection() = default;

void Connection::settle() {
  (void)PQsetnonblocking(connection_.get(), 1);
  // What libpq says of a connection that is lost must not repeat the statement, which may hold a password.
  (void)PQsetErrorVerbosity(connection_.get(), PQERRORS_TERSE);
  (void)PQsetNoticeReceiver(
      connection_.get(), [](void* /*data*/, const pg_result* /*notice*/) {}, nullptr);
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  encoding_ = encoding == nullptr ? "" : encoding;
  if (server_version() < 120000) {
    base::fail({.code = "unsupported_server",
                .exit = Exit::failed,
                .message = cat(base::printable(shown_), " runs PostgreSQL ", server_version() / 10000,
                               "; dbrollback needs 12 or newer"),
                .object = shown_,
                .state = "nothing was changed",
                .next = "upgrade the server; its version is no longer maintained either"});
  }
  (void)execute(settings_for(server_version(), options_.lock_timeout, encoding_));
}

void Connection::tick() {
  if (options_.tick) {
    try {
      options_.tick();
    } catch (...) {
      abandon();
      throw;
    }
  }
}

// Whatever was under way has no end any more: the session goes, and with it its transaction and its locks.
void Connection::abandon() noexcept {
  cancel();
  connection_.reset();
}

void Connection::cancel() noexcept {
  struct Free {
    void operator()(PGcancel* request) const { PQfreeCancel(request); }
  };
  const std::unique_ptr<PGcancel, Free> request(connection_ ? PQgetCancel(connection_.get()) : nullptr);
  if (request) {
    char message[256];
    (void)PQcancel(request.get(), message, sizeof message);
  }
}

void Connection::wait(bool for_writing) {
  const auto events = static_cast<short>(for_writing ? POLLIN | POLLOUT : POLLIN);
  while (!poll_socket(PQsocket(connection_.get()), events)) {
    tick();
  }
  if (PQconsumeInput(connection_.get()) == 0) {
    fail(nullptr, "read");
  }
}

std::unique_ptr<Result> Connection::next_result() {
  for (int left = 1; left != 0;) {
    left = PQflush(connection_.get());
    if (left < 0) {
      fail(nullptr, "write");
    }
    if (left > 0) {
      wait(true);
    }
  }
  while (PQisBusy(connection_.get()) != 0) {
    wait(false);
  }
  pg_result* result = PQgetResult(connection_.get());
  return result == nullptr ? nullptr : std::make_unique<Result>(result);
}

// The last of the results of what was sent; the first failure among them is thrown.
Result Connection::finish(const std::string& doing) {
  std::unique_ptr<Result> last;
  std::unique_ptr<Result> failed;
  while (auto result = next_result()) {
    const auto status = PQresultStatus(result->handle());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      return std::move(*result);
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY && !failed) {
      failed = std::move(result);
    } else {
      last = std::move(result);
    }
    if (PQstatus(connection_.get()) == CONNECTION_BAD) {
      break;
    }
  }
  if (failed || !last) {
    fail(failed ? failed->handle() : nullptr, doing);
  }
  return std::move(*last);
}

Result Connection::execute(const std::string& sql) {
  if (!connection_ || PQsendQuery(connection_.get(), sql.c_str()) == 0) {
    fail(nullptr, "use");
  }
  return finish("use");
}

Result Connection::execute(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    values.push_back(parameter.c_str());
  }
  if (!connection_ || PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                        values.data(), nullptr, nullptr, 0) == 0) {
    fail(nullptr, "use");
  }
  return finish("use");
}

std::optional<std::string> Connection::value(const std::string& sql, const std::vector<std::string>& parameters) {
  const Result result = execute(sql, parameters);
  return result.rows() == 0 || result.is_null(0, 0) ? std::nullopt : std::optional(result.text(0, 0));
}

std::uint64_t Connection::copy_out(const std::string& sql, const std::function<void(base::ByteView row)>& take) {
  (void)execute(sql);
  struct Free {
    void operator()(char* bytes) const { PQfreemem(bytes); }
  };
  std::uint64_t rows = 0;
  while (true) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(connection_.get(), &bytes, 1);
    const std::unique_ptr<char, Free> row(bytes);
    if (size == 0) {
      wait(false);
    } else if (size < 0) {
      break;  // the end, or what went wrong: the result says which
    } else {
      try {
        take(base::bytes_of({bytes, static_cast<std::size_t>(size)}));
      } catch (...) {
        abandon();
        throw;
      }
      if (++rows % rows_per_tick == 0) {
        tick();
      }
    }
  }
  (void)finish("read");
  return rows;
}

// False when the server has refused what came before: the statement's result says why.
bool Connection::put_copy_data(base::ByteView bytes) {
  const auto text = base::text_of(bytes);
  int sent = 0;
  while ((sent = PQputCopyData(connection_.get(), text.data(), static_cast<int>(text.size()))) == 0) {
    wait(true);
  }
  // What libpq holds back is held in memory: the server sets the pace.
  for (int left = 1; sent > 0 && left > 0;) {
    left = PQflush(connection_.get());
    if (left > 0) {
      wait(true);
    }
  }
  return sent > 0;
}

std::uint64_t Connection::copy_in(const std::string& sql, const std::function<void(const Put& put)>& produce) {
  struct Refused {};
  (void)execute(sql);
  try {
    produce([this](base::ByteView bytes) {
      tick();
      if (!put_copy_data(bytes)) {
        throw Refused();
      }
    });
  } catch (const Refused&) {
  } catch (...) {
    abandon();
    throw;
  }
  while (connection_ && PQputCopyEnd(connection_.get(), nullptr) == 0) {
    wait(true);
  }
  return finish("write").affected();
}

Connection::Transaction Connection::transaction() const {
  switch (connection_ ? PQtransactionStatus(connection_.get()) : PQTRANS_UNKNOWN) {
    case PQTRANS_IDLE:
      return Transaction::none;
    case PQTRANS_INERROR:
      return Transaction::failed;
    case PQTRANS_UNKNOWN:
      return Transaction::lost;
    default:
      return Transaction::open;
  }
}

int Connection::server_version() const { return connection_ ? PQserverVersion(connection_.get()) : 0; }
int Connection::backend_pid() const { return connection_ ? PQbackendPID(connection_.get()) : 0; }

void Connection::fail(const pg_result* result, const std::string& doing) {
  ServerMessage message;
  if (result != nullptr) {
    message = {.sqlstate = field(result, PG_DIAG_SQLSTATE),
               .primary = field(result, PG_DIAG_MESSAGE_PRIMARY),
               .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
               .hint = field(result, PG_DIAG_MESSAGE_HINT)};
  }
  if (message.primary.empty()) {
    message.primary = connection_ ? PQerrorMessage(connection_.get()) : "the connection was given up";
  }
  throw Error(describe_failure(message, shown_, doing));
}

}  // namespace dbrollback::database::postgres
