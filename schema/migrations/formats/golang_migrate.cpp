// golang-migrate (https://github.com/golang-migrate/migrate, v4). What it does with files: source/parse.go,
// source/migration.go and source/iofs/iofs.go; with its table: database/postgres/postgres.go and
// database/sqlite3/sqlite3.go (ensureVersionTable, SetVersion, Version); in which order: migrate.go (runMigrations).
#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <regex>

#include "schema/migrations/format.hpp"
#include "schema/migrations/markers.hpp"

namespace dbrollback::schema {

const Format& golang_migrate_format();

namespace {

// What its table says while the first migration is reverted.
constexpr std::string_view golang_migrate_none = "-1";

std::int64_t golang_migrate_number(std::string_view version) {
  std::int64_t number = -1;
  std::from_chars(version.data(), version.data() + version.size(), number);
  return number;
}

// Its table is one row: the last version, and whether a migration to it has begun and not ended.
class GolangMigrateProject final : public Project {
 public:
  using Project::Project;

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    const std::string table = "CREATE TABLE IF NOT EXISTS " + place.name();
    if (place.dialect == Dialect::postgres) {
      return {table + " (version bigint not null primary key, dirty boolean not null)"};
    }
    const Place index{.dialect = place.dialect, .schema = place.schema, .table = "version_unique"};
    return {table + " (version uint64,dirty bool)",
            "CREATE UNIQUE INDEX IF NOT EXISTS " + index.name() + " ON " + place.table + " (version)"};
  }

  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT version, CASE WHEN dirty THEN 1 ELSE 0 END FROM " + place.name() + " LIMIT 1";
  }

  [[nodiscard]] std::vector<Applied> applied(const std::vector<Row>& rows) const override {
    if (rows.empty()) {
      return {};
    }
    const std::string version = rows.front().at(0).value_or("");
    std::vector<Applied> out;
    out.reserve(migrations().size() + 1);
    for (const Migration& migration : migrations()) {
      if (golang_migrate_number(migration.version) < golang_migrate_number(version)) {
        out.push_back({.version = migration.version, .checksum = {}});
      }
    }
    // Also one that is in no file. Dirty at "none", the down of the first one has not ended.
    const bool is_first = version == golang_migrate_none && !migrations().empty();
    out.push_back({.version = is_first ? migrations().front().version : version,
                   .failed = rows.front().at(1) == "1",
                   .checksum = {}});
    return out;
  }

  [[nodiscard]] Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                   const std::vector<Applied>& /*applied*/, const Who& /*who*/,
                                   bool in_transaction) const override {
    const std::string_view version = direction == Direction::up ? migration.version : before(migration.version);
    Bookkeeping out{.begin = {}, .end = set_version(place, version, false)};
    if (!in_transaction) {
      out.begin = set_version(place, version, true);
    }
    return out;
  }

 private:
  [[nodiscard]] std::string_view before(const std::string& version) const {
    const auto at = std::ranges::find(migrations(), version, &Migration::version);
    return at == migrations().begin() ? golang_migrate_none : std::string_view(std::prev(at)->version);
  }

  // The tool itself says TRUNCATE to PostgreSQL. The rows are the same in the end, and nobody who reads the table has
  // to wait for the end of a long script.
  [[nodiscard]] static std::vector<std::string> set_version(const Place& place, std::string_view version, bool dirty) {
    std::vector<std::string> out = {"DELETE FROM " + place.name()};
    if (dirty || version != golang_migrate_none) {
      out.push_back("INSERT INTO " + place.name() + " (version, dirty) VALUES (" + std::string(version) +
                    (dirty ? ", true)" : ", false)"));
    }
    return out;
  }
};

bool is_golang_migrate(const Folder& folder) {
  static const std::regex up("[0-9]+_.*\\.up\\.sql");
  return std::ranges::any_of(folder, [&](const SourceFile& file) {
    if (!markers::is_file(file, ".up.sql") || !std::regex_match(file.path, up)) {
      return false;
    }
    const std::string down = file.path.substr(0, file.path.rfind(".up.sql")) + ".down.sql";
    return std::ranges::find(folder, down, &SourceFile::path) != folder.end();
  });
}

struct GolangMigrateFiles {
  std::string name;
  std::optional<Script> up;
  std::optional<Script> down;
};

std::unique_ptr<Project> read_golang_migrate(const Folder& folder, const ReadOptions& /*options*/) {
  static const std::regex pattern("([0-9]+)_(.*)\\.(up|down)\\.(.*)");
  std::map<std::int64_t, GolangMigrateFiles> versions;
  for (const SourceFile& file : folder) {
    std::smatch parts;
    std::int64_t version = 0;
    if (!markers::is_file(file, "") || !std::regex_match(file.path, parts, pattern) ||
        std::from_chars(&*parts[1].first, &*parts[1].first + parts[1].length(), version).ec != std::errc()) {
      continue;
    }
    GolangMigrateFiles& files = versions[version];
    std::optional<Script>& script = parts[3] == "up" ? files.up : files.down;
    if (script) {
      throw FormatError(file.path, 0, "has the version and the direction of " + script->file);
    }
    script = Script{.file = file.path, .text = std::string(without_mark(file.text))};
    files.name = parts[1].str() + "_" + parts[2].str();
  }
  std::vector<Migration> migrations;
  migrations.reserve(versions.size());
  for (auto& [version, files] : versions) {
    Migration& migration = migrations.emplace_back();
    migration.version = std::to_string(version);
    migration.name = std::move(files.name);
    migration.up = std::move(files.up).value_or(Script());  // to the tool it is nothing to do, and no error
    migration.down = std::move(files.down);
  }
  return std::make_unique<GolangMigrateProject>(std::move(migrations));
}

// https://en.wikipedia.org/wiki/Cyclic_redundancy_check, the polynomial of IEEE 802.3 with its bits reversed.
std::uint32_t golang_migrate_crc32(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return ~crc;
}

// database/util.go (GenerateAdvisoryLockId).
std::int64_t golang_migrate_lock(const std::string& database, const std::string& schema, const std::string& table) {
  constexpr std::uint32_t salt = 1486364155U;
  std::string names = schema;
  names.append(1, '\0').append(table).append(1, '\0').append(database);
  const std::uint32_t key = golang_migrate_crc32(names) * salt;
  return key;
}

// The name of the database is the path of the URL, with its slash, where the tool opens it itself, and
// CURRENT_DATABASE() where a program hands it a connection.
std::vector<std::int64_t> golang_migrate_locks(const std::string& database, const std::string& schema,
                                               const std::string& table) {
  return {golang_migrate_lock("/" + database, schema, table), golang_migrate_lock(database, schema, table)};
}

}  // namespace

const Format& golang_migrate_format() {
  static const Format format{.name = "golang-migrate",
                             .table = "schema_migrations",
                             .recognises = is_golang_migrate,
                             .read = read_golang_migrate,
                             .locks = golang_migrate_locks};
  return format;
}

}  // namespace dbrollback::schema
