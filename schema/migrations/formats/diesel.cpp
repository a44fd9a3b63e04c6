// Diesel (Rust): a directory for each migration, with up.sql, down.sql and metadata.toml.
//
// As in https://github.com/diesel-rs/diesel: diesel_migrations/migrations_internals/src/lib.rs (versions, directories,
// metadata), diesel_migrations/src/file_based_migrations.rs (scripts), diesel_migrations/src/migration_harness.rs
// (order and rows) and diesel/src/migration/setup_migration_table.sql. It takes no lock.
#include <algorithm>
#include <map>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& diesel_format();

namespace {

struct DieselFiles {
  const SourceFile* up = nullptr;
  const SourceFile* down = nullptr;
  const SourceFile* metadata = nullptr;
};

// By the names of the directories: those that Diesel looks into, which are all that are not hidden.
std::map<std::string, DieselFiles, std::less<>> diesel_directories(const Folder& folder) {
  std::map<std::string, DieselFiles, std::less<>> out;
  for (const auto& file : folder) {
    const std::size_t slash = file.path.find('/');
    if (slash == std::string::npos || file.path.starts_with('.')) {
      continue;
    }
    DieselFiles& files = out[file.path.substr(0, slash)];
    const auto name = std::string_view(file.path).substr(slash + 1);
    if (name == "up.sql") {
      files.up = &file;
    } else if (name == "down.sql") {
      files.down = &file;
    } else if (name == "metadata.toml") {
      files.metadata = &file;
    }
  }
  return out;
}

std::string_view diesel_trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// A file without the key asks for no transaction: its default is that of a bool in Rust. No file, and a value that is
// no bool, leave Diesel's own default. The one key is read here: this library must not compile toml++ in another way
// than engine/config/toml.hpp does.
bool diesel_in_transaction(const SourceFile* metadata) {
  if (metadata == nullptr) {
    return true;
  }
  for (const Line& line : lines_of(without_mark(metadata->text))) {
    const auto text = diesel_trimmed(line.text.substr(0, line.text.find('#')));
    if (text.starts_with('[')) {
      break;
    }
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && diesel_trimmed(text.substr(0, equals)) == "run_in_transaction") {
      return diesel_trimmed(text.substr(equals + 1)) != "false";
    }
  }
  return false;
}

// All before the first "_", without dashes.
std::string diesel_version(std::string_view directory) {
  std::string out(directory.substr(0, directory.find('_')));
  std::erase(out, '-');
  return out;
}

class DieselProject final : public Project {
 public:
  using Project::Project;

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    return {"CREATE TABLE IF NOT EXISTS " + place.name() +
            " (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"};
  }

  // Diesel reverts by version as well, whatever was applied last.
  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT version FROM " + place.name() + " ORDER BY version";
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
    const std::string version = sql_text(migration.version);
    if (direction == Direction::up) {
      return {.begin = {}, .end = {"INSERT INTO " + place.name() + " (version) VALUES (" + version + ")"}};
    }
    return {.begin = {}, .end = {"DELETE FROM " + place.name() + " WHERE version = " + version}};
  }
};

bool diesel_recognises(const Folder& folder) {
  return std::ranges::any_of(folder, [](const SourceFile& file) {
    const bool stamped = !file.path.empty() && file.path.front() >= '0' && file.path.front() <= '9';
    return stamped && file.path.find('/') == file.path.rfind('/') && file.path.ends_with("/up.sql");
  });
}

std::unique_ptr<Project> diesel_read(const Folder& folder, const ReadOptions& /*options*/) {
  const auto directories = diesel_directories(folder);
  std::vector<Migration> migrations;
  migrations.reserve(directories.size());
  for (const auto& [directory, files] : directories) {
    if (files.up == nullptr) {
      throw FormatError(directory, 0, "no up.sql in the directory: Diesel takes every directory for a migration");
    }
    if (files.up->text.empty()) {
      throw FormatError(files.up->path, 0, "the file is empty: Diesel refuses to run it");
    }
    const bool in_transaction = diesel_in_transaction(files.metadata);
    const auto script = [&](const SourceFile& file) {
      return Script{.file = file.path, .text = std::string(without_mark(file.text)), .in_transaction = in_transaction};
    };
    Migration migration{.version = diesel_version(directory),
                        .name = directory,
                        .up = script(*files.up),
                        .down = {},
                        .verify = {},
                        .tags = {},
                        .checksum = {}};
    if (files.down != nullptr && !files.down->text.empty()) {
      migration.down = script(*files.down);
    }
    migrations.push_back(std::move(migration));
  }
  std::ranges::stable_sort(migrations, {}, &Migration::version);
  if (const auto twice = std::ranges::adjacent_find(migrations, {}, &Migration::version); twice != migrations.end()) {
    throw FormatError(std::next(twice)->name, 0, "the version is that of " + twice->name + ": Diesel runs one of them");
  }
  return std::make_unique<DieselProject>(std::move(migrations));
}

}  // namespace

const Format& diesel_format() {
  static constexpr Format format{.name = "diesel",
                                 .table = "__diesel_schema_migrations",
                                 .no_transaction = "run_in_transaction = false in metadata.toml",
                                 .recognises = diesel_recognises,
                                 .read = diesel_read};
  return format;
}

}  // namespace dbrollback::schema
