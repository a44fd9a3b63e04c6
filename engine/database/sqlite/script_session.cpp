#include "engine/database/sqlite/script_session.hpp"

#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/errors.hpp"
#include "engine/database/sqlite/integrity.hpp"

namespace dbrollback::database::sqlite {

using base::cat;

SqliteScriptSession::SqliteScriptSession(std::filesystem::path file, std::chrono::milliseconds lock_timeout, Tick tick)
    : file_(std::move(file)), lock_timeout_(lock_timeout), tick_(std::move(tick)) {
  if (const auto wrong = what_is_wrong_with(file_)) {
    throw Error(*wrong);
  }
  open();
}

// Foreign keys are off, as SQLite has them unless a client asks: where they are on, DROP TABLE deletes what refers to
// its rows, and a table is made again by dropping it (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds
// Of Table Schema Changes"). What a script leaves without its parent is looked for before it is committed.
void SqliteScriptSession::open() {
  connection_ = std::make_unique<Connection>(file_.native(), SQLITE_OPEN_READWRITE, lock_timeout_);
  connection_->set_tick(tick_);
  connection_->execute("PRAGMA foreign_keys = OFF");
}

void SqliteScriptSession::attach(const std::string& schema) {
  const std::string file = own_file(schema).native();
  if (!base::stat_file(file)) {  // ATTACH makes none in a connection that may not
    const Connection empty(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, lock_timeout_);
  }
  Statement attach(*connection_, cat("ATTACH ?1 AS ", quote(schema)));
  attach.bind(1, file);
  (void)attach.step();
  attached_ = schema;
}

std::vector<schema::Row> SqliteScriptSession::rows(const std::string& query) {
  std::vector<schema::Row> out;
  each_row(query, [&](const schema::Row& row) { out.push_back(row); });
  return out;
}

void SqliteScriptSession::each_row(const std::string& query, const std::function<void(const schema::Row& row)>& take) {
  schema::Row row;
  Statement statement(*connection_, query);
  while (statement.step()) {
    row.clear();
    for (int column = 0; column < statement.columns(); ++column) {
      row.push_back(statement.type(column) == SQLITE_NULL ? std::nullopt : std::optional(statement.text(column)));
    }
    take(row);
  }
}

ScriptSession::Found SqliteScriptSession::find(const schema::Format& format, const std::string& table, bool to_write) {
  Found found{.place = {.dialect = schema::Dialect::sqlite, .schema = {}, .table = quote(table)}, .exists = false};
  std::string schema = "main";
  if (!format.own_schema.empty()) {
    schema = format.own_schema;
    if (attached_.empty() && (to_write || base::stat_file(own_file(schema)))) {
      attach(schema);
    }
    found.place.schema = quote(schema);
    if (attached_.empty()) {
      return found;
    }
  }
  Statement there(*connection_, cat("SELECT 1 FROM ", quote(schema),
                                    ".sqlite_schema WHERE type = 'table' AND "
                                    "name = ?1 COLLATE NOCASE"));
  there.bind(1, table);
  found.exists = there.step();
  return found;
}

void SqliteScriptSession::rollback() noexcept {
  (void)sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

ScriptSession::State SqliteScriptSession::state() const {
  return sqlite3_get_autocommit(connection_->handle()) != 0 ? State::idle : State::in_transaction;
}

std::uint64_t SqliteScriptSession::run(const schema::Statement& statement) {
  const auto before = sqlite3_total_changes64(connection_->handle());
  Statement run(*connection_, statement.text);
  while (run.step()) {
  }
  return static_cast<std::uint64_t>(sqlite3_total_changes64(connection_->handle()) - before);
}

void SqliteScriptSession::set_lock_timeout(std::chrono::milliseconds timeout) {
  lock_timeout_ = timeout;
  connection_->set_lock_timeout(timeout);
}

// Settings of a connection are not undone: it is made again.
void SqliteScriptSession::reset() {
  const std::string attached = std::exchange(attached_, {});
  open();
  if (!attached.empty()) {
    attach(attached);
  }
}

std::vector<Trace> SqliteScriptSession::traces() {
  std::vector<Trace> out;
  for (const auto& [of, rows] : check_references(*connection_).orphans) {
    out.push_back({.object = cat("table ", base::printable(of.first)),
                   .problem = cat("has ", base::plural(rows.size(), "row that refers", "rows that refer"),
                                  " to nothing in ", base::printable(of.second)),
                   .mend = {},
                   .rows = rows.size()});
  }
  return out;
}

std::vector<TableSize> SqliteScriptSession::table_sizes() {
  std::vector<TableSize> out;
  for (const auto& row : rows("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
                              "ESCAPE '\\' AND rootpage > 0 ORDER BY name")) {
    const std::string name = row.front().value_or("");
    out.push_back(
        {.name = name,
         .sql_name = quote(name),
         .rows = static_cast<std::uint64_t>(connection_->integer(cat("SELECT count(*) FROM main.", quote(name)))),
         .bytes = 0});
  }
  return out;
}

}  // namespace dbrollback::database::sqlite
