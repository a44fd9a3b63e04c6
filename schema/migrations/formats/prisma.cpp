// Prisma Migrate: a directory for each migration, with migration.sql. It knows no way back: down.sql beside it is a
// team's own (`prisma migrate diff --script` writes one).
//
// As in https://github.com/prisma/prisma: packages/migrate/src/utils/listMigrations.ts (directories, order) and
// https://github.com/prisma/prisma-engines: schema-engine/connectors/schema-connector/src/migrations_directory.rs
// (migration_lock.toml) and checksum.rs, schema-engine/connectors/sql-schema-connector/src/sql_migration_persistence.rs
// (rows), flavour/postgres.rs and flavour/sqlite.rs (tables, lock), and schema-engine/commands/src/commands:
// apply_migrations.rs and diagnose_migration_history.rs (what the rows mean).
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& prisma_format();

namespace {

constexpr std::string_view prisma_lock_file = "migration_lock.toml";

using PrismaHash = std::array<unsigned char, 32>;

PrismaHash prisma_sha256(std::string_view bytes) {
  PrismaHash out{};
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256, which Prisma's checksums need");
  }
  return out;
}

// `padded`: not as old versions of Prisma wrote it, which left out the zero before a digit.
std::string prisma_hexadecimal(std::span<const unsigned char> bytes, bool padded = true) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    if (padded || byte >= 16) {
      out.push_back(digits[byte / 16]);
    }
    out.push_back(digits[byte % 16]);
  }
  return out;
}

std::string prisma_replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// All that Prisma takes for the checksum of a script: git may have changed its line ends since.
std::vector<std::string> prisma_checksums(const std::string& text) {
  std::vector<std::string> out;
  out.reserve(6);
  for (const std::string& each : {text, prisma_replaced(text, "\r\n", "\n"), prisma_replaced(text, "\n", "\r\n")}) {
    const PrismaHash hash = prisma_sha256(each);
    out.push_back(prisma_hexadecimal(hash));
    out.push_back(prisma_hexadecimal(hash, false));
  }
  return out;
}

// In the form of a random UUID, but the same for the same migration and time: two statements speak of one row.
std::string prisma_id(const std::string& name, const Who& who) {
  PrismaHash hash = prisma_sha256(name + '\0' + who.now);
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0F) | 0x40);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3F) | 0x80);
  std::string out = prisma_hexadecimal(std::span(hash).first(16));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) {
    out.insert(at, 1, '-');
  }
  return out;
}

// JavaScript's localeCompare: punctuation before digits, those before letters; case counts only between names that are
// equal otherwise. Beyond ASCII, by bytes.
std::pair<int, bool> prisma_rank(char c) {
  constexpr std::string_view before_letters = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
  if (const std::size_t at = before_letters.find(c); at != std::string_view::npos) {
    return {static_cast<int>(at), false};
  }
  const bool upper = c >= 'A' && c <= 'Z';
  return {256 + static_cast<unsigned char>(upper ? c - 'A' + 'a' : c), upper};
}

bool prisma_before(const std::string& a, const std::string& b) {
  const auto letter = [](char c) { return prisma_rank(c).first; };
  if (std::ranges::equal(a, b, {}, letter, letter)) {
    return std::ranges::lexicographical_compare(a, b, {}, prisma_rank, prisma_rank);
  }
  return std::ranges::lexicographical_compare(a, b, {}, letter, letter);
}

// A time as its column has it: of SQLite's, Prisma makes milliseconds.
std::string prisma_time(const Place& place, const Who& who) {
  if (place.dialect == Dialect::postgres) {
    return sql_text(who.now);
  }
  return "CAST(strftime('%s', " + sql_text(who.now.substr(0, 19)) + ") || " + sql_text(who.now.substr(20, 3)) +
         " AS INTEGER)";
}

class PrismaProject final : public Project {
 public:
  // `checksums`: of each migration, all that Prisma takes for its own.
  PrismaProject(std::vector<Migration> migrations, std::map<std::string, std::vector<std::string>> checksums)
      : Project(std::move(migrations)), checksums_(std::move(checksums)) {}

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& /*who*/) const override {
    const bool postgres = place.dialect == Dialect::postgres;
    const std::string text = postgres ? "VARCHAR" : "TEXT";
    const std::string time = postgres ? "TIMESTAMPTZ" : "DATETIME";
    return {"CREATE TABLE IF NOT EXISTS " + place.name() + " (\"id\" " + text + (postgres ? "(36)" : "") +
            " PRIMARY KEY NOT NULL, \"checksum\" " + text + (postgres ? "(64)" : "") + " NOT NULL, \"finished_at\" " +
            time + ", \"migration_name\" " + text + (postgres ? "(255)" : "") +
            " NOT NULL, \"logs\" TEXT, \"rolled_back_at\" " + time + ", \"started_at\" " + time + " NOT NULL DEFAULT " +
            (postgres ? "now()" : "current_timestamp") + ", \"applied_steps_count\" INTEGER " +
            (postgres ? "" : "UNSIGNED ") + "NOT NULL DEFAULT 0)"};
  }

  [[nodiscard]] std::string query(const Place& place) const override {
    return "SELECT migration_name, checksum, finished_at, rolled_back_at FROM " + place.name() +
           " ORDER BY started_at, migration_name";
  }

  [[nodiscard]] std::vector<Applied> applied(const std::vector<Row>& rows) const override {
    std::vector<Applied> out;
    out.reserve(rows.size());
    for (const Row& row : rows) {
      if (!row.at(3)) {
        const std::string name = row.at(0).value_or("");
        out.push_back({.version = name, .failed = !row.at(2), .checksum = known(name, row.at(1).value_or(""))});
      }
    }
    return out;
  }

  // A row that is gone means to all of Prisma that the migration is pending. With rolled_back_at, `migrate deploy`
  // would apply it again as well, but `migrate status` finds a row of that name and calls the database up to date.
  // Without finished_at, both say that it failed.
  [[nodiscard]] Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                   const std::vector<Applied>& applied, const Who& who,
                                   bool in_transaction) const override {
    const std::string in_effect =
        " WHERE migration_name = " + sql_text(migration.version) + " AND rolled_back_at IS NULL";
    Bookkeeping out;
    if (direction == Direction::down) {
      if (!in_transaction) {
        out.begin = {"UPDATE " + place.name() + " SET finished_at = NULL" + in_effect};
      }
      out.end = {"DELETE FROM " + place.name() + in_effect};
      return out;
    }
    const std::string id = sql_text(prisma_id(migration.version, who));
    const std::string now = prisma_time(place, who);
    auto& start = in_transaction ? out.end : out.begin;
    const bool again = std::ranges::any_of(
        applied, [&](const Applied& each) { return each.failed && each.version == migration.version; });
    if (again) {  // as `prisma migrate resolve --rolled-back` does, which Prisma itself wants to see first
      start.push_back("UPDATE " + place.name() + " SET rolled_back_at = " + now + in_effect +
                      " AND finished_at IS NULL");
    }
    start.push_back("INSERT INTO " + place.name() +
                    " (id, checksum, started_at, migration_name, finished_at, applied_steps_count) VALUES (" + id +
                    ", " + sql_text(migration.checksum) + ", " + now + ", " + sql_text(migration.version) + ", " +
                    (in_transaction ? now + ", 1)" : "NULL, 0)"));
    if (!in_transaction) {
      out.end = {"UPDATE " + place.name() + " SET finished_at = " + now + ", applied_steps_count = 1 WHERE id = " + id};
    }
    return out;
  }

 private:
  // The checksum, or today's of the same script.
  [[nodiscard]] std::string known(const std::string& name, const std::string& checksum) const {
    const auto own = checksums_.find(name);
    const bool same = own != checksums_.end() && std::ranges::find(own->second, checksum) != own->second.end();
    return same ? own->second.front() : checksum;
  }

  std::map<std::string, std::vector<std::string>> checksums_;
};

bool prisma_recognises(const Folder& folder) {
  return std::ranges::any_of(folder, [](const SourceFile& file) {
    return file.path == prisma_lock_file ||
           (file.path.find('/') == file.path.rfind('/') && file.path.ends_with("/migration.sql"));
  });
}

// Prisma refuses migrations that were made for another database. It reads the file by lines as well.
void prisma_check_provider(const SourceFile& file, Dialect dialect) {
  for (const Line& line : lines_of(without_mark(file.text))) {
    if (!line.text.starts_with("provider")) {
      continue;
    }
    const std::string_view needed = dialect == Dialect::postgres ? "\"postgres" : "\"sqlite\"";
    if (line.text.find(needed) == std::string_view::npos) {
      throw FormatError(file.path, line.number, "the migrations are for another database: " + std::string(line.text));
    }
    return;
  }
}

std::unique_ptr<Project> prisma_read(const Folder& folder, const ReadOptions& options) {
  struct Files {
    const SourceFile* up = nullptr;
    const SourceFile* down = nullptr;
  };
  std::map<std::string, Files, decltype(&prisma_before)> directories(prisma_before);
  for (const auto& file : folder) {
    const std::size_t slash = file.path.find('/');
    if (file.path == prisma_lock_file) {
      prisma_check_provider(file, options.dialect);
    }
    if (slash == std::string::npos) {
      continue;
    }
    Files& files = directories[file.path.substr(0, slash)];
    const auto name = std::string_view(file.path).substr(slash + 1);
    if (name == "migration.sql") {
      files.up = &file;
    } else if (name == "down.sql") {
      files.down = &file;
    }
  }
  std::vector<Migration> migrations;
  migrations.reserve(directories.size());
  std::map<std::string, std::vector<std::string>> checksums;
  for (const auto& [directory, files] : directories) {
    if (files.up == nullptr) {
      throw FormatError(directory, 0,
                        "no migration.sql in the directory: Prisma takes every directory for a migration");
    }
    const auto script = [&](const SourceFile& file) {
      return Script{.file = file.path, .text = std::string(without_mark(file.text))};
    };
    const auto& own = checksums[directory] = prisma_checksums(files.up->text);
    migrations.push_back({.version = directory,
                          .name = directory,
                          .up = script(*files.up),
                          .down = files.down == nullptr ? std::nullopt : std::optional(script(*files.down)),
                          .verify = {},
                          .tags = {},
                          .checksum = own.front()});
  }
  return std::make_unique<PrismaProject>(std::move(migrations), std::move(checksums));
}

std::vector<std::int64_t> prisma_locks(const std::string& /*database*/, const std::string& /*schema*/,
                                       const std::string& /*table*/) {
  return {72707369};
}

}  // namespace

const Format& prisma_format() {
  static constexpr Format format{.name = "prisma",
                                 .table = "_prisma_migrations",
                                 .recognises = prisma_recognises,
                                 .read = prisma_read,
                                 .locks = prisma_locks};
  return format;
}

}  // namespace dbrollback::schema
