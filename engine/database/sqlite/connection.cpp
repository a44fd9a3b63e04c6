#include "engine/database/sqlite/connection.hpp"

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

#include "engine/database/sqlite/errors.hpp"

namespace dbrollback::database::sqlite {

std::string quote(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c;
    if (c == '"') {
      out += c;
    }
  }
  return out + "\"";
}

int register_byte_order(sqlite3* handle, const char* name, int encoding) {
  const auto compare = [](void* /*data*/, int left_size, const void* left, int right_size, const void* right) {
    const int order = std::memcmp(left, right, static_cast<std::size_t>(std::min(left_size, right_size)));
    return order != 0 ? order : left_size - right_size;
  };
  return sqlite3_create_collation(handle, name, encoding, nullptr, compare);
}

namespace {

// A collation that an application registered and we do not know: values can still be read and counted.
void supply_collation(void* data, sqlite3* handle, int encoding, const char* name) {
  (void)register_byte_order(handle, name, encoding);
  static_cast<std::vector<std::string>*>(data)->emplace_back(name);
}

}  // namespace

Statement::Statement(Connection& connection, std::string_view sql) : connection_(&connection) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v2(connection.handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  connection.check(result, "read");
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) {
    connection_->fail(result, sqlite3_stmt_readonly(statement_.get()) != 0 ? "read" : "write");
  }
  return result == SQLITE_ROW;
}

void Statement::reset() { (void)sqlite3_reset(statement_.get()); }

void Statement::bind(int at, std::string_view text) {
  connection_->check(
      sqlite3_bind_text(statement_.get(), at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT), "read");
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }
int Statement::type(int column) const { return sqlite3_column_type(statement_.get(), column); }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

base::ByteView Statement::bytes(int column) const {
  const bool blob = type(column) == SQLITE_BLOB;
  const void* start = blob ? sqlite3_column_blob(statement_.get(), column)
                           : static_cast<const void*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const std::byte*>(start), start == nullptr ? 0 : size};
}

std::string Statement::text(int column) const { return std::string(base::text_of(bytes(column))); }

std::string Statement::shown(int column) const { return type(column) == SQLITE_NULL ? "NULL" : text(column); }

Connection::Connection(const std::string& path, int flags, std::chrono::milliseconds lock_timeout, const char* vfs)
    : path_(path), lock_timeout_(lock_timeout) {
  const int result = sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_EXRESCODE, vfs);
  if (result != SQLITE_OK) {
    const ErrorInfo info = describe_failure(handle_, result, path_, "open");
    (void)sqlite3_close_v2(std::exchange(handle_, nullptr));
    throw Error(info);
  }
  // A database is untrusted input: its schema must not run more than it has to.
  (void)sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  (void)sqlite3_collation_needed(handle_, &unknown_collations_, supply_collation);
  (void)sqlite3_busy_handler(handle_, &Connection::on_busy, this);
}

Connection::~Connection() { (void)sqlite3_close_v2(handle_); }

void Connection::execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  check(result, "use");
}

std::optional<std::string> Connection::value(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? std::optional(statement.shown(0)) : std::nullopt;
}

std::int64_t Connection::integer(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

void Connection::set_tick(std::function<void()> tick) {
  tick_ = std::move(tick);
  sqlite3_progress_handler(handle_, tick_ ? 20'000 : 0, tick_ ? &Connection::on_progress : nullptr, this);
}

std::uint32_t Connection::data_version() {
  unsigned version = 0;
  (void)sqlite3_file_control(handle_, "main", SQLITE_FCNTL_DATA_VERSION, &version);
  return version;
}

bool Connection::is_unknown_collation(const std::string& name) const {
  return std::ranges::any_of(unknown_collations_,
                             [&](const std::string& one) { return sqlite3_stricmp(one.c_str(), name.c_str()) == 0; });
}

bool Connection::somebody_writes() {
  sqlite3_file* file = nullptr;
  int reserved = 0;
  (void)sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file != nullptr && file->pMethods != nullptr &&
         file->pMethods->xCheckReservedLock(file, &reserved) == SQLITE_OK && reserved != 0;
}

void Connection::fail(int result, const std::string& doing) {
  rethrow_kept();
  throw Error(describe_failure(handle_, result, path_, doing));
}

int Connection::on_busy(void* self, int tries) noexcept {
  auto& connection = *static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (tries == 0) {
    connection.busy_since_ = now;
  }
  if (now - connection.busy_since_ >= connection.lock_timeout_ || on_progress(self) != 0) {
    return 0;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(tries < 10 ? 1 : 5));
  return 1;
}

int Connection::on_progress(void* self) noexcept {
  auto& connection = *static_cast<Connection*>(self);
  try {
    if (connection.tick_) {
      connection.tick_();
    }
    return 0;
  } catch (...) {
    connection.keep_exception();
    return 1;
  }
}

}  // namespace dbrollback::database::sqlite
