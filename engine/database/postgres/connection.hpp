// libpq as objects. Failures become Error with the database's name, the reason and what to do. Text in and out is
// UTF-8, or the bytes of a database whose encoding is SQL_ASCII.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/database/postgres/errors.hpp"
#include "engine/database/postgres/parameters.hpp"

struct pg_conn;
struct pg_result;

namespace dbrollback::database::postgres {

// As SQL wants it: an identifier in double quotes, a text in single ones (an E'' string where it holds a backslash).
[[nodiscard]] std::string quote(std::string_view identifier);
[[nodiscard]] std::string quote(std::string_view schema, std::string_view name);
[[nodiscard]] std::string literal(std::string_view text);

// Rows of text values.
class Result {
 public:
  explicit Result(pg_result* result);

  [[nodiscard]] int rows() const;
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool is_null(int row, int column) const;
  [[nodiscard]] std::string text(int row, int column) const;  // "" for NULL
  [[nodiscard]] std::int64_t integer(int row, int column) const;
  [[nodiscard]] bool boolean(int row, int column) const;
  // How many rows the statement wrote.
  [[nodiscard]] std::uint64_t affected() const;
  [[nodiscard]] pg_result* handle() const { return result_.get(); }

 private:
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

struct ConnectionOptions {
  std::chrono::milliseconds lock_timeout{5000};  // of statements; 0: wait for ever
  std::chrono::milliseconds connect_timeout{15000};
  // Asked about ten times a second while the server is waited for; what it throws cancels the statement and comes out.
  std::function<void()> tick;
};

// One session. One thread at a time, but for cancel().
class Connection {
 public:
  // Connects and makes the session's settings those that everything here counts on: nothing in search_path, ISO dates
  // in UTC, floats and bytea exact, row_security off, no statement or idle timeout.
  Connection(const Parameters& parameters, const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  // One statement with parameters $1, $2, …, or several without any.
  Result execute(const std::string& sql);
  Result execute(const std::string& sql, const std::vector<std::string>& parameters);
  // The first value of the first row; nothing when there is no row or it is NULL.
  [[nodiscard]] std::optional<std::string> value(const std::string& sql,
                                                 const std::vector<std::string>& parameters = {});

  // COPY … TO STDOUT. `take` gets one row at a time, with its ending newline in text format; valid until it returns.
  // Returns the number of rows. What `take` throws cancels the statement and comes out.
  std::uint64_t copy_out(const std::string& sql, const std::function<void(base::ByteView row)>& take);
  // COPY … FROM STDIN. `produce` hands the bytes to `put`, in any pieces; what it throws ends the statement and comes
  // out. Returns the number of rows.
  using Put = std::function<void(base::ByteView bytes)>;
  std::uint64_t copy_in(const std::string& sql, const std::function<void(const Put& put)>& produce);

  // Instead of the options' one.
  void set_tick(std::function<void()> tick) { options_.tick = std::move(tick); }

  // Of the session's transaction; `lost`: the connection is.
  enum class Transaction { none, open, failed, lost };
  [[nodiscard]] Transaction transaction() const;

  [[nodiscard]] int server_version() const;  // 150018 for 15.18
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] const std::string& encoding() const { return encoding_; }  // of the database
  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] const Parameters& parameters() const { return parameters_; }

  // Asks the server to stop what this session is doing. From any thread.
  void cancel() noexcept;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };

  void settle();
  bool put_copy_data(base::ByteView bytes);
  void wait(bool for_writing);
  void tick();
  // The next result of what was sent; null at the end. Waits.
  std::unique_ptr<Result> next_result();
  Result finish(const std::string& doing);
  void abandon() noexcept;
  [[noreturn]] void fail(const pg_result* result, const std::string& doing);

  Parameters parameters_;
  std::string shown_;
  ConnectionOptions options_;
  std::string encoding_;
  std::unique_ptr<pg_conn, Close> connection_;
};

}  // namespace dbrollback::database::postgres
