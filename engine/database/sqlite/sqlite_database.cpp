#include "engine/database/sqlite/sqlite_database.hpp"

#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/errors.hpp"
#include "engine/database/sqlite/sqlite_view.hpp"

namespace dbrollback::database {

using base::cat;
using base::printable;

namespace sqlite {

namespace {

std::filesystem::path beside(const std::filesystem::path& file, const char* suffix) { return file.native() + suffix; }

bool has_wal(const std::filesystem::path& database) {
  const auto stat = base::stat_file(beside(database, "-wal"));
  return stat && stat->size > 0;
}

// With journal_mode=PERSIST a journal stays after each transaction, its beginning zeroed: that one means nothing.
bool has_hot_journal(const std::filesystem::path& database) {
  const auto journal = beside(database, "-journal");
  const auto stat = base::stat_file(journal);
  if (!stat || stat->size == 0) {
    return false;
  }
  std::array<std::byte, 1> first{};
  return base::File(journal, base::File::Mode::read).read_at(0, first) == 1 && first[0] != std::byte{0};
}

}  // namespace

std::vector<std::filesystem::path> family_of(const std::filesystem::path& file) {
  return {file, beside(file, "-wal"), beside(file, "-shm"), beside(file, "-journal")};
}

// SQLite writes through a link to the file behind it, and keeps its journals there.
SqliteDatabase::SqliteDatabase(const std::filesystem::path& file) : file_(base::real_path(file)) {}

std::unique_ptr<View> SqliteDatabase::open_view(const ViewOptions& options, Observer& observer) {
  if (const auto wrong = what_is_wrong_with(file_)) {
    throw Error(*wrong);
  }
  const bool wal = has_wal(file_);
  const bool journal = has_hot_journal(file_);
  if ((wal || journal) && base::holders_of(family_of(file_)).processes.empty()) {
    observer.note(journal ? cat("a process that crashed left a hot journal beside ", printable(file_.native()),
                                ": SQLite rolls its unfinished transaction back before anything is read")
                          : cat("a -wal is beside ", printable(file_.native()),
                                " and no process has it open: what was committed in it is read too"));
  }
  auto connection = std::make_unique<Connection>(file_.native(), SQLITE_OPEN_READWRITE, options.lock_timeout);
  if (wal) {  // leave it as it is, should we be the last to close
    (void)sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  return std::make_unique<SqliteView>(std::move(connection), nullptr, file_.native(), options);
}

Condition SqliteDatabase::condition() {
  Condition condition;
  // A process that opens the file for each of its writes leaves moments without it: a leftover is what stays.
  for (int looks = 0; looks < 4; ++looks) {
    condition.holders = base::holders_of(family_of(file_));
    condition.leftovers.clear();
    if (condition.holders.processes.empty() && has_wal(file_)) {
      condition.leftovers.push_back(beside(file_, "-wal"));
    }
    if (condition.holders.processes.empty() && has_hot_journal(file_)) {
      condition.leftovers.push_back(beside(file_, "-journal"));
    }
    if (condition.leftovers.empty()) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
  if (!base::stat_file(file_)) {
    return condition;
  }
  condition.kind = Condition::Kind::database;
  if (const auto wrong = what_is_wrong_with(file_)) {
    condition.kind = Condition::Kind::broken;
    condition.problem = wrong->message;
    return condition;
  }
  if (!condition.leftovers.empty()) {
    return condition;  // opening it would change it: that is for later
  }
  try {
    Connection connection(file_.native(), SQLITE_OPEN_READWRITE, std::chrono::seconds(2));
    (void)connection.integer("SELECT count(*) FROM sqlite_schema");
  } catch (const Error& error) {
    if (error.code() == "damaged_database" || error.code() == "not_a_database") {
      condition.kind = Condition::Kind::broken;
      condition.problem = error.what();
    } else if (error.exit() != Exit::busy) {
      throw;
    }
  }
  return condition;
}

}  // namespace sqlite

std::unique_ptr<FileDatabase> open_file(const std::filesystem::path& file) {
  return std::make_unique<sqlite::SqliteDatabase>(file);
}

RowDifference compare_rows(View& a, View& b, const std::string& table) {
  return dynamic_cast<sqlite::SqliteView&>(a).compare(dynamic_cast<sqlite::SqliteView&>(b), table);
}

std::unique_ptr<View> open_pages(PageSource& source, const std::string& name, const ViewOptions& options) {
  auto vfs = std::make_unique<sqlite::PageVfs>(source);
  try {
    auto connection =
        std::make_unique<sqlite::Connection>("snapshot", SQLITE_OPEN_READONLY, options.lock_timeout, vfs->name());
    return std::make_unique<sqlite::SqliteView>(std::move(connection), std::move(vfs), name, options);
  } catch (const Error&) {
    if (vfs) {
      vfs->rethrow();
    }
    throw;
  }
}

}  // namespace dbrollback::database
