// SQLite's C API as objects. Failures become Error with the file's name, the reason and what to do.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/bytes.hpp"

namespace dbrollback::database::sqlite {

// A name as SQL wants it: in double quotes, those inside doubled.
[[nodiscard]] std::string quote(std::string_view name);

// Registers a collation that orders texts by their bytes in `encoding` (SQLITE_UTF8 and its like). Returns what SQLite
// does.
[[nodiscard]] int register_byte_order(sqlite3* handle, const char* name, int encoding);

class Connection;

// Finalises itself. Belongs to one connection, which must outlive it.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  // True while there is a row.
  bool step();
  void reset();
  void bind(int at, std::string_view text);

  [[nodiscard]] int columns() const;
  [[nodiscard]] int type(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  // Text as UTF-8, or a blob, valid until the next step.
  [[nodiscard]] base::ByteView bytes(int column) const;
  [[nodiscard]] std::string text(int column) const;
  // Any value as text; "NULL" for none.
  [[nodiscard]] std::string shown(int column) const;
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_.get(); }

 private:
  struct Free {
    void operator()(sqlite3_stmt* statement) const { (void)sqlite3_finalize(statement); }
  };
  Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Free> statement_;
};

class Connection {
 public:
  // `flags` as of sqlite3_open_v2; `vfs` null: the default one.
  Connection(const std::string& path, int flags, std::chrono::milliseconds lock_timeout, const char* vfs = nullptr);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  void execute(const std::string& sql);
  // The first value of the first row, as text; nothing when there is no row.
  [[nodiscard]] std::optional<std::string> value(const std::string& sql);
  [[nodiscard]] std::int64_t integer(const std::string& sql);

  void set_lock_timeout(std::chrono::milliseconds timeout) { lock_timeout_ = timeout; }
  // Called every few thousand instructions of a statement and while waiting for a lock; what it throws ends the
  // statement and comes out of step().
  void set_tick(std::function<void()> tick);

  // Another connection committed since the last time, as sqlite3_file_control(SQLITE_FCNTL_DATA_VERSION) tells.
  [[nodiscard]] std::uint32_t data_version();
  // Somebody (of any process) holds a RESERVED lock or a higher one: a writer in rollback-journal mode.
  [[nodiscard]] bool somebody_writes();

  // The database uses a collation that only its application has: values are ordered by their bytes instead. Known once
  // a statement has used it.
  [[nodiscard]] bool has_unknown_collations() const { return !unknown_collations_.empty(); }
  [[nodiscard]] bool is_unknown_collation(const std::string& name) const;

  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // For callbacks that C code calls: keeps the current exception, which the next failing call throws on.
  void keep_exception() noexcept { exception_ = std::current_exception(); }
  void rethrow_kept() {
    if (exception_) {
      std::rethrow_exception(std::exchange(exception_, nullptr));
    }
  }
  // Throws what `result` means, or what keep_exception kept. `doing`: "read", "write".
  [[noreturn]] void fail(int result, const std::string& doing);
  void check(int result, const std::string& doing) {
    if (result != SQLITE_OK) {
      fail(result, doing);
    }
  }

 private:
  static int on_busy(void* self, int tries) noexcept;
  static int on_progress(void* self) noexcept;

  std::string path_;
  sqlite3* handle_ = nullptr;
  std::chrono::milliseconds lock_timeout_;
  std::chrono::steady_clock::time_point busy_since_;
  std::function<void()> tick_;
  std::exception_ptr exception_;
  std::vector<std::string> unknown_collations_;
};

}  // namespace dbrollback::database::sqlite
