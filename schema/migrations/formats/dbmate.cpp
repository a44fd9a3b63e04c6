// dbmate (https://github.com/amacneil/dbmate, v2). What it does with files: pkg/dbmate/migration.go and
// pkg/dbmate/db.go (FindMigrations); with its table: pkg/driver/postgres/postgres.go and pkg/driver/sqlite/sqlite.go.
#include <algorithm>
#include <map>

#include "schema/migrations/format.hpp"
#include "schema/migrations/markers.hpp"

namespace dbrollback::schema {

const Format& dbmate_format();

namespace {

class DbmateProject final : public Project {
 public:
  using Project::Project;

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    const std::string type = place.dialect == Dialect::postgres ? "varchar" : "varchar(128)";
    return {"CREATE TABLE IF NOT EXISTS " + place.name() + " (version " + type + " primary key)"};
  }

  // When each was applied it does not keep.
  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT version FROM " + place.name() + " ORDER BY version";
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
                                   const std::vector<Applied>& /*applied*/, const Who& /*who*/,
                                   bool /*in_transaction*/) const override {
    const std::string version = sql_text(migration.version);
    if (direction == Direction::up) {
      return {.begin = {}, .end = {"INSERT INTO " + place.name() + " (version) VALUES (" + version + ")"}};
    }
    return {.begin = {}, .end = {"DELETE FROM " + place.name() + " WHERE version = " + version}};
  }
};

// The words of a line that begins a block, the first of which is "migrate:up" or "migrate:down"; else none. Options are
// whatever follows them.
std::vector<std::string_view> dbmate_marker(std::string_view line) {
  if (!line.starts_with("--")) {
    return {};
  }
  std::vector<std::string_view> words = markers::words(line.substr(2));
  const bool is_one = !words.empty() && (words.front() == "migrate:up" || words.front() == "migrate:down");
  return is_one ? words : std::vector<std::string_view>();
}

bool is_dbmate(const Folder& folder) {
  return markers::any_line(folder, [](std::string_view line) { return !dbmate_marker(line).empty(); });
}

bool is_dbmate_comment(std::string_view line) {
  const std::string_view text = markers::trimmed(line);
  return text.empty() || text.starts_with("--");
}

bool dbmate_in_transaction(const std::vector<std::string_view>& words) {
  constexpr std::string_view key = "transaction:";
  bool out = true;
  for (const std::string_view word : words) {
    if (word.starts_with(key) && word.find(':', key.size()) == std::string_view::npos) {
      out = word.substr(key.size()) != "false";
    }
  }
  return out;
}

// What is between two lines; `end` may be after the last one.
Script dbmate_block(const SourceFile& file, const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return i < lines.size() ? lines[i].at : file.text.size(); };
  return {.file = file.path,
          .line = lines[begin].number + 1,
          .text = file.text.substr(at(begin + 1), at(end) - at(begin + 1)),
          .in_transaction = dbmate_in_transaction(dbmate_marker(lines[begin].text))};
}

// A second pair of blocks dbmate 2.36 reads and runs, and then fails: its version is in the table already.
Migration dbmate_migration(const SourceFile& file) {
  const std::vector<Line> lines = lines_of(file.text);
  std::optional<std::size_t> up;
  std::optional<std::size_t> down;
  std::size_t statement = 0;  // the line of one before both
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::string_view> words = dbmate_marker(lines[i].text);
    if (!up && statement == 0 && !is_dbmate_comment(lines[i].text)) {
      statement = lines[i].number;
    }
    if (words.empty() || (!up && words.front() == "migrate:down")) {
      continue;
    }
    std::optional<std::size_t>& block = words.front() == "migrate:up" ? up : down;
    if (block) {
      throw FormatError(file.path, lines[i].number, "has a second '-- " + std::string(words.front()) + "'");
    }
    block = i;
  }
  if (up && statement != 0) {
    throw FormatError(file.path, statement, "has a statement before '-- migrate:up'");
  }
  if (!up || !down) {
    throw FormatError(file.path, 0,
                      std::string("has no '-- migrate:") + (up ? "down'" : "up'") + (up ? "" : behind_mark(file.text)));
  }
  Migration out;
  out.version = markers::leading_digits(file.path);
  out.name = markers::title(file);
  out.up = dbmate_block(file, lines, *up, *down);
  out.down = dbmate_block(file, lines, *down, lines.size());
  return out;
}

// In the order of the names of the files, as the folder is.
std::unique_ptr<Project> read_dbmate(const Folder& folder, const ReadOptions& /*options*/) {
  std::vector<Migration> migrations;
  std::map<std::string, std::string> files;  // by version
  for (const SourceFile& file : folder) {
    if (!markers::is_file(file, ".sql") || markers::leading_digits(file.path).empty()) {
      continue;
    }
    const Migration& migration = migrations.emplace_back(dbmate_migration(file));
    const auto [other, is_new] = files.try_emplace(migration.version, file.path);
    if (!is_new) {
      throw FormatError(file.path, 0, "has the version of " + other->second);
    }
  }
  return std::make_unique<DbmateProject>(std::move(migrations));
}

}  // namespace

const Format& dbmate_format() {
  static const Format format{.name = "dbmate",
                             .table = "schema_migrations",
                             .no_transaction = "-- migrate:up transaction:false",
                             .recognises = is_dbmate,
                             .read = read_dbmate};
  return format;
}

}  // namespace dbrollback::schema
