// One tool's way to keep migrations: in files, and in a table of its own that says which of them are applied. A format
// reads the files and knows the statements that keep the table; it never touches either itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbrollback::schema {

enum class Dialect { postgres, sqlite };

// A file below the folder of the migrations.
struct SourceFile {
  std::string path;  // within the folder, with slashes
  std::string text;  // all of it, as it is on disk
};

// Sorted by path.
using Folder = std::vector<SourceFile>;

// What a file says that no tool could run.
class FormatError : public std::runtime_error {
 public:
  // `line` counts from 1; 0: of no line.
  FormatError(std::string file, std::size_t line, const std::string& what)
      : std::runtime_error(what), file_(std::move(file)), line_(line) {}
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::string file_;
  std::size_t line_;
};

// One direction of a migration.
struct Script {
  std::string file;
  std::size_t line = 1;        // of the file, where `text` begins
  std::string text;            // SQL, without a byte order mark
  bool in_transaction = true;  // false: a marker asks for none
};

struct Migration {
  std::string version;  // what the tool's table knows it by, or what that is made of: unique
  std::string name;     // for people: "20260101120000_add_email"
  Script up;
  std::optional<Script> down;     // nothing: there is no way back
  std::optional<Script> verify;   // fails where the migration is not in effect; changes nothing
  std::vector<std::string> tags;  // other names of the state that it leads to
  std::string checksum;           // of the files, as the tool's table has it; empty: the tool keeps none
};

enum class Direction { up, down };

// Where the tool's table is.
struct Place {
  Dialect dialect = Dialect::postgres;
  std::string schema;  // quoted; empty: none is named
  std::string table;   // quoted; without a meaning to a format with a schema of its own
  [[nodiscard]] std::string name() const { return schema.empty() ? table : schema + "." + table; }
};

// A row of the tool's table; the columns are those of Project::query.
using Row = std::vector<std::optional<std::string>>;

struct Applied {
  std::string version;
  bool failed = false;   // the tool itself calls it dirty or failed
  std::string checksum;  // as it was when it was applied; empty: not kept
};

// Who and when, for tables that say so.
struct Who {
  std::string name;
  std::string email;
  std::string now;  // UTC: "2026-11-20T23:30:15.123456Z"
};

// Statements that keep the tool's table true.
struct Bookkeeping {
  // Before the first statement of a script that runs outside a transaction, and committed: should it end half way, the
  // tool itself sees that. Empty for a tool that has no such state.
  std::vector<std::string> begin;
  // After its last statement; in the script's own transaction where it has one.
  std::vector<std::string> end;
};

// What a folder holds, read by one format.
class Project {
 public:
  explicit Project(std::vector<Migration> migrations) : migrations_(std::move(migrations)) {}
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;
  Project(Project&&) = delete;
  Project& operator=(Project&&) = delete;
  virtual ~Project() = default;

  // In the order in which they are applied.
  [[nodiscard]] const std::vector<Migration>& migrations() const { return migrations_; }

  // Makes the tool's tables as the tool itself does; each statement can be run where they are there already.
  [[nodiscard]] virtual std::vector<std::string> create(const Place& place, const Who& who) const = 0;
  // A query for what is applied, and what its rows mean: in the order in which they were applied, where that is known.
  [[nodiscard]] virtual std::string query(const Place& place) const = 0;
  [[nodiscard]] virtual std::vector<Applied> applied(const std::vector<Row>& rows) const = 0;
  // What makes the table say that a migration was applied or reverted. `applied`: before that, as applied() said.
  // `in_transaction`: its script runs in one, and begin is empty.
  [[nodiscard]] virtual Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                           const std::vector<Applied>& applied, const Who& who,
                                           bool in_transaction) const = 0;
  // A query for what stands in the way of applying a migration, in words, a row each; empty: nothing can.
  [[nodiscard]] virtual std::string obstacles(const Place& /*place*/, const Migration& /*migration*/) const {
    return {};
  }

 private:
  std::vector<Migration> migrations_;
};

struct ReadOptions {
  Dialect dialect = Dialect::postgres;
  // The value of an environment variable; nothing where it is not set.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

struct Format {
  std::string_view name;   // for the configuration: "golang-migrate"
  std::string_view table;  // the tool's own, by default, not quoted
  // Where that always is; SQLite: a file of this name with the database's extension, beside it.
  std::string_view own_schema = {};
  std::string_view no_transaction = {};  // for people: how a file asks for none; empty: it cannot
  // Whether the folder is one of this tool, by the names and the markers of its files.
  bool (*recognises)(const Folder& folder) = nullptr;
  // Throws FormatError.
  std::unique_ptr<Project> (*read)(const Folder& folder, const ReadOptions& options) = nullptr;
  // PostgreSQL: keys of the advisory locks that the tool's own runs hold; null: it takes none.
  std::vector<std::int64_t> (*locks)(const std::string& database, const std::string& schema,
                                     const std::string& table) = nullptr;
};

// All that there are, by name. The files schema/migrations/formats/NAME.cpp are found by the build: each defines
// `const Format& NAME_format()`.
[[nodiscard]] const std::vector<const Format*>& formats();

// As SQL wants it: an identifier in double quotes, a text in single ones. Without a backslash or a zero byte, which no
// format writes, both dialects read it alike.
[[nodiscard]] std::string sql_name(std::string_view name);
[[nodiscard]] std::string sql_text(std::string_view text);

// A text without the byte order mark at its beginning.
[[nodiscard]] std::string_view without_mark(std::string_view text);

// What is said of a marker that was not found where the tool does not look behind such a mark either; else empty.
[[nodiscard]] std::string behind_mark(std::string_view text);

// The lines of a text, without their ends ("\n" or "\r\n"), each with its place in it.
struct Line {
  std::string_view text;
  std::size_t at = 0;
  std::size_t number = 1;
};
[[nodiscard]] std::vector<Line> lines_of(std::string_view text);

}  // namespace dbrollback::schema
