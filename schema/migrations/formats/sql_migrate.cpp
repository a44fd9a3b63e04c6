// sql-migrate (https://github.com/rubenv/sql-migrate, v1). What it does with files: sqlparse/sqlparse.go, and
// findMigrations and Migration.Less in migrate.go; with its table: MigrationRecord and applyMigrations there, in the
// SQL of https://github.com/go-gorp/gorp (v3: table.go, dialect_postgres.go, dialect_sqlite.go).
#include <algorithm>
#include <tuple>

#include "schema/migrations/format.hpp"
#include "schema/migrations/markers.hpp"

namespace dbrollback::schema {

const Format& sql_migrate_format();

namespace {

// As the tool's driver for SQLite has it (SQLiteTimestampFormats of https://github.com/mattn/go-sqlite3); PostgreSQL
// reads it too.
std::string sql_migrate_time(const std::string& now) {
  constexpr std::size_t date = std::string_view("2026-11-20").size();
  return now.substr(0, date) + " " + now.substr(date + 1, now.size() - date - 2) + "+00:00";
}

class SqlMigrateProject final : public Project {
 public:
  using Project::Project;

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    const std::string columns = place.dialect == Dialect::postgres
                                    ? R"("id" text not null primary key, "applied_at" timestamp with time zone)"
                                    : R"("id" varchar(255) not null primary key, "applied_at" datetime)";
    return {"CREATE TABLE IF NOT EXISTS " + place.name() + " (" + columns + ")"};
  }

  // In SQLite a time is a text with the zone of the machine that wrote it, and no order.
  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT id FROM " + place.name() +
           (place.dialect == Dialect::postgres ? " ORDER BY applied_at, id" : " ORDER BY rowid");
  }

  [[nodiscard]] std::vector<Applied> applied(const std::vector<Row>& rows) const override {
    std::vector<Applied> out;
    out.reserve(rows.size());
    for (const Row& row : rows) {
      out.push_back({.version = row.at(0).value_or(""), .checksum = {}});
    }
    return out;
  }

  [[nodiscard]] Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                   const std::vector<Applied>& /*applied*/, const Who& who,
                                   bool /*in_transaction*/) const override {
    const std::string id = sql_text(migration.version);
    if (direction == Direction::up) {
      return {.begin = {},
              .end = {"INSERT INTO " + place.name() + " (id, applied_at) VALUES (" + id + ", " +
                      sql_text(sql_migrate_time(who.now)) + ")"}};
    }
    return {.begin = {}, .end = {"DELETE FROM " + place.name() + " WHERE id = " + id}};
  }
};

constexpr std::string_view sql_migrate_prefix = "-- +migrate ";

std::vector<std::string_view> sql_migrate_marker(std::string_view line) {
  return line.starts_with(sql_migrate_prefix) ? markers::words(line.substr(sql_migrate_prefix.size()))
                                              : std::vector<std::string_view>();
}

bool is_sql_migrate(const Folder& folder) {
  return markers::any_line(folder, [](std::string_view line) {
    const std::vector<std::string_view> words = sql_migrate_marker(line);
    return !words.empty() && (words.front() == "Up" || words.front() == "Down");
  });
}

class SqlMigrateFile {
 public:
  explicit SqlMigrateFile(const SourceFile& file) : file_(file), up_(file.path), down_(file.path) {}

  void read() {
    std::size_t last = 0;
    for (const Line& line : lines_of(file_.text)) {
      if (line.text.starts_with(sql_migrate_prefix)) {
        obey(line);
      } else if (section_ != nullptr && line.text.starts_with("-- ")) {
        section_->add_comment(line.number, line.text);
      } else if (section_ != nullptr) {
        section_->add_statement(line.number, line.text);
      }
      last = line.number;
    }
    if (section_ == nullptr) {
      fail(0, "has neither '-- +migrate Up' nor '-- +migrate Down'" + behind_mark(file_.text));
    }
    expect_end(last);
  }

  [[nodiscard]] Migration migration() const {
    Script nothing;
    nothing.file = file_.path;
    Migration out;
    out.version = file_.path;
    out.name = markers::title(file_);
    out.up = up_.script().value_or(nothing);
    out.down = down_.script();
    return out;
  }

 private:
  void obey(const Line& line) {
    const std::vector<std::string_view> words = sql_migrate_marker(line.text);
    if (words.empty()) {
      fail(line.number, "has '-- +migrate' without a word after it");
    }
    if (words.front() == "Up" || words.front() == "Down") {
      begin(words.front() == "Up" ? up_ : down_, line, std::ranges::count(words, "notransaction") != 0);
    } else if (section_ == nullptr) {
      return;
    } else if (words.front() == "StatementBegin") {
      section_->begin_block(line.number, line.text);
    } else if (words.front() == "StatementEnd" && section_->in_block()) {
      section_->end_block(line.number, line.text);
    } else {
      section_->add_comment(line.number, line.text);
    }
  }

  void begin(markers::Section& section, const Line& line, bool without_transaction) {
    if (section_ != nullptr) {
      expect_end(line.number);
    }
    section_ = &section;
    section.begin(line.number + 1);
    if (without_transaction) {
      section.forbid_transaction();
    }
  }

  void expect_end(std::size_t line) const {
    if (section_->in_block()) {
      fail(line, "has no '-- +migrate StatementEnd' after '-- +migrate StatementBegin'");
    }
    if (section_->unfinished()) {
      fail(line, "has a statement without a semicolon at its end");
    }
  }

  [[noreturn]] void fail(std::size_t line, const std::string& what) const { throw FormatError(file_.path, line, what); }

  const SourceFile& file_;
  markers::Section up_;
  markers::Section down_;
  markers::Section* section_ = nullptr;  // that the lines belong to
};

// Those with a number before those without, by number and then by name.
bool sql_migrate_before(const Migration& left, const Migration& right) {
  const auto key = [](const Migration& migration) {
    const std::string_view digits = markers::leading_digits(migration.version);
    const std::string_view number = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    return std::tuple(digits.empty(), number.size(), number, std::string_view(migration.version));
  };
  return key(left) < key(right);
}

std::unique_ptr<Project> read_sql_migrate(const Folder& folder, const ReadOptions& /*options*/) {
  std::vector<Migration> migrations;
  migrations.reserve(folder.size());
  for (const SourceFile& file : folder) {
    if (markers::is_file(file, ".sql")) {
      SqlMigrateFile read(file);
      read.read();
      migrations.push_back(read.migration());
    }
  }
  std::ranges::sort(migrations, sql_migrate_before);
  return std::make_unique<SqlMigrateProject>(std::move(migrations));
}

}  // namespace

const Format& sql_migrate_format() {
  static const Format format{.name = "sql-migrate",
                             .table = "gorp_migrations",
                             .no_transaction = "-- +migrate Up notransaction",
                             .recognises = is_sql_migrate,
                             .read = read_sql_migrate};
  return format;
}

}  // namespace dbrollback::schema
