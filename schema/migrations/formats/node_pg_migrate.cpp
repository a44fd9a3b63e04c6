// node-pg-migrate: migrations in SQL, each file with an "Up Migration" and a "Down Migration"; for PostgreSQL only.
//
// As in https://github.com/salsita/node-pg-migrate: src/sqlMigration.ts (markers), src/migration.ts and
// src/utils/fileNameUtils.ts (files, names, order), src/runner.ts (table, lock).
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <tuple>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& node_pg_migrate_format();

namespace {

char node_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The comment that begins a direction. It may go on over lines: its words are looked for behind any dashes and blanks.
struct NodeMarker {
  std::size_t at = 0;         // of its first line
  std::size_t after = 0;      // of the line after it
  std::size_t next_line = 0;  // the number of that
};

// Where a word in lower case ends that the text has at this place, whatever its case.
std::size_t node_word_end(std::string_view text, std::size_t at, std::string_view word) {
  const std::string_view there = text.substr(std::min(at, text.size()), word.size());
  return std::ranges::equal(there, word, {}, node_lower) ? at + word.size() : std::string_view::npos;
}

std::optional<NodeMarker> node_marker(std::string_view text, std::string_view direction) {
  constexpr std::string_view white = " \t\n\v\f\r";
  constexpr std::string_view white_and_dashes = " \t\n\v\f\r-";
  const std::vector<Line> lines = lines_of(text);
  for (const Line& line : lines) {
    const std::size_t begin = line.text.find_first_not_of(white);
    if (begin == std::string_view::npos || !line.text.substr(begin).starts_with("--")) {
      continue;
    }
    const std::size_t word = node_word_end(text, text.find_first_not_of(white_and_dashes, line.at + begin), direction);
    const std::size_t next = word == std::string_view::npos ? word : text.find_first_not_of(white, word);
    const std::size_t end = next == word ? std::string_view::npos : node_word_end(text, next, "migration");
    if (end != std::string_view::npos) {
      const auto after = std::ranges::find_if(lines, [&](const Line& each) { return each.at >= end; });
      return NodeMarker{.at = line.at,
                        .after = after == lines.end() ? text.size() : after->at,
                        .next_line = after == lines.end() ? lines.size() + 1 : after->number};
    }
  }
  return std::nullopt;
}

// A direction reaches to the other one, if that is behind it, or to the end.
Script node_script(const SourceFile& file, const NodeMarker& marker, const std::optional<NodeMarker>& other) {
  const std::string_view text = without_mark(file.text);
  const std::size_t end = other && other->at > marker.at ? other->at : text.size();
  return {
      .file = file.path, .line = marker.next_line, .text = std::string(text.substr(marker.after, end - marker.after))};
}

// Milliseconds since 1970 if it is a time of 17 digits, "20261120233015123", or else the number itself.
double node_number(std::string_view digits) {
  const auto part = [&](std::size_t at, std::size_t size) {
    unsigned out = 0;
    std::from_chars(digits.data() + at, digits.data() + at + size, out);
    return out;
  };
  double out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.size() != 17) {
    return out;
  }
  const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(part(0, 4))), std::chrono::month(part(4, 2)),
                                        std::chrono::day(part(6, 2)));
  const auto time = std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(part(8, 2)) +
                    std::chrono::minutes(part(10, 2)) + std::chrono::seconds(part(12, 2)) +
                    std::chrono::milliseconds(part(14, 3));
  return static_cast<double>(time.count());
}

// The order of JavaScript's localeCompare for file names with the same number: without punctuation and case, and
// with their digits as numbers.
std::vector<std::pair<double, char>> node_letters(std::string_view name) {
  std::vector<std::pair<double, char>> out;
  out.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find_first_not_of("0123456789", at), name.size());
    const char c = node_lower(name[at]);
    if (end > at) {
      double number = 0;
      std::from_chars(name.data() + at, name.data() + end, number);
      out.emplace_back(number, '\0');
    } else if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) {
      out.emplace_back(std::numeric_limits<double>::infinity(), c);
    }
    at = std::max(end, at + 1);
  }
  return out;
}

class NodePgMigrateProject final : public Project {
 public:
  using Project::Project;

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    return {"CREATE TABLE IF NOT EXISTS " + place.name() +
            " (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)"};
  }

  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT name FROM " + place.name() + " ORDER BY run_on, id";
  }

  [[nodiscard]] std::vector<Applied> applied(const std::vector<Row>& rows) const override {
    std::vector<Applied> out;
    out.reserve(rows.size());
    for (const Row& row : rows) {
      out.push_back({.version = row.at(0).value_or(""), .failed = false, .checksum = {}});
    }
    return out;
  }

  [[nodiscard]] Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                   const std::vector<Applied>& /*applied*/, const Who& /*who*/,
                                   bool /*in_transaction*/) const override {
    const std::string name = sql_text(migration.version);
    if (direction == Direction::up) {
      return {.begin = {}, .end = {"INSERT INTO " + place.name() + " (name, run_on) VALUES (" + name + ", NOW())"}};
    }
    return {.begin = {}, .end = {"DELETE FROM " + place.name() + " WHERE name = " + name}};
  }
};

// Hidden files and directories it passes over.
bool node_is_file(const SourceFile& file) {
  return file.path.find('/') == std::string::npos && !file.path.starts_with('.');
}

bool node_recognises(const Folder& folder) {
  // A comment of another tool's file may say "-- Up migration" as well.
  const auto elsewhere = [](const SourceFile& file) {
    constexpr std::array<std::string_view, 3> markers = {"-- migrate:up", "-- +goose Up", "-- +migrate Up"};
    return file.path.ends_with(".up.sql") || file.path.ends_with(".down.sql") ||
           std::ranges::any_of(markers, [&](auto marker) { return file.text.find(marker) != std::string::npos; });
  };
  const auto here = [](const SourceFile& file) {
    const std::string_view text = without_mark(file.text);
    return file.path.ends_with(".sql") && (node_marker(text, "up") || node_marker(text, "down"));
  };
  return std::ranges::any_of(folder, [&](const auto& file) { return node_is_file(file) && here(file); }) &&
         std::ranges::none_of(folder, [&](const auto& file) { return node_is_file(file) && elsewhere(file); });
}

std::optional<Migration> node_migration(const SourceFile& file) {
  const std::string_view path = file.path;
  const std::size_t dot = std::min(path.rfind('.'), path.size());
  const std::string_view end = path.substr(dot);
  for (const std::string_view code : {".js", ".ts", ".cjs", ".cts", ".mjs", ".mts"}) {
    if (end == code) {
      throw FormatError(file.path, 0, "a migration that is code: only node-pg-migrate itself can run it");
    }
  }
  if (end != ".sql") {
    return std::nullopt;
  }
  const std::string_view text = without_mark(file.text);
  const auto up = node_marker(text, "up");
  const auto down = node_marker(text, "down");
  const std::string name(path.substr(0, dot));
  Migration out{.version = name,
                .name = name,
                .up = {.file = file.path, .text = std::string(text)},  // without a marker, all of the file
                .down = {},
                .verify = {},
                .tags = {},
                .checksum = {}};
  if (up) {
    out.up = node_script(file, *up, down);
  }
  if (down) {
    out.down = node_script(file, *down, up);
  }
  return out;
}

std::unique_ptr<Project> node_read(const Folder& folder, const ReadOptions& options) {
  if (options.dialect != Dialect::postgres) {
    throw FormatError("", 0, "node-pg-migrate is for PostgreSQL only");
  }
  std::vector<Migration> migrations;
  migrations.reserve(folder.size());
  for (const auto& file : folder) {
    if (!node_is_file(file)) {
      continue;
    }
    if (auto migration = node_migration(file)) {
      migrations.push_back(std::move(*migration));
    }
  }
  std::ranges::stable_sort(migrations, {}, [](const Migration& migration) {
    const std::string_view name = migration.up.file;
    const std::size_t end = std::min(name.find_first_not_of("0123456789"), name.size());
    return std::tuple(node_number(name.substr(0, end)), node_letters(name));
  });
  return std::make_unique<NodePgMigrateProject>(std::move(migrations));
}

std::vector<std::int64_t> node_locks(const std::string& /*database*/, const std::string& /*schema*/,
                                     const std::string& /*table*/) {
  return {7241865325823964};
}

}  // namespace

const Format& node_pg_migrate_format() {
  static constexpr Format format{.name = "node-pg-migrate",
                                 .table = "pgmigrations",
                                 .recognises = node_recognises,
                                 .read = node_read,
                                 .locks = node_locks};
  return format;
}

}  // namespace dbrollback::schema
