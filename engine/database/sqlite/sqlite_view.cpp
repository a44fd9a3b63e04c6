#include "engine/database/sqlite/sqlite_view.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/capture_vfs.hpp"
#include "engine/database/sqlite/describe.hpp"
#include "engine/database/sqlite/integrity.hpp"
#include "engine/database/sqlite/read_ahead.hpp"
#include "engine/database/sqlite/rows.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;

SqliteView::SqliteView(std::unique_ptr<Connection> connection, std::unique_ptr<PageVfs> vfs, const std::string& source,
                       const ViewOptions& options)
    : vfs_(std::move(vfs)), own_(std::move(connection)), connection_(own_.get()), options_(options) {
  own_->set_tick([this] { tick(); });
  begin();
  description_ = sqlite::describe(*connection_, source);
}

SqliteView::SqliteView(Connection& connection, const std::string& source, const ViewOptions& options)
    : connection_(&connection), options_(options) {
  connection_->set_tick([this] { tick(); });
  description_ = sqlite::describe(*connection_, source);
  bound_pause_ = description_.journal_mode != "wal";
}

SqliteView::~SqliteView() {
  if (!own_) {
    connection_->set_tick({});
  }
}

void SqliteView::begin() {
  connection_->execute("BEGIN");
  (void)connection_->integer("SELECT count(*) FROM sqlite_schema");  // takes the lock: BEGIN alone does not
  bound_pause_ = !vfs_ && connection_->value("PRAGMA journal_mode") != "wal";
}

// A reader in rollback-journal mode holds writers up from the moment on that one wants to commit. From the first
// sight of a writer, max_writer_pause is all there is.
void SqliteView::tick() {
  if (options_.tick) {
    options_.tick();
  }
  if (!bound_pause_ || !connection_->somebody_writes()) {
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  writer_since_ = writer_since_.value_or(now);
  if (now - *writer_since_ >= options_.max_writer_pause) {
    base::fail(
        {.code = "writer_waiting",
         .exit = Exit::busy,
         .message = cat("gave up reading ", printable(connection_->path()), ": a writer has been kept waiting for ",
                        base::human_duration(options_.max_writer_pause), " (--max-writer-pause)"),
         .object = connection_->path(),
         .state = "the writer goes on; nothing was published or changed",
         .next = "run it in a quieter moment, allow a longer --max-writer-pause, or put the database in WAL mode "
                 "(PRAGMA journal_mode=WAL), where readers and writers do not wait for each other"});
  }
}

std::vector<Content> SqliteView::read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) {
  const std::uint64_t page_size = description_.page_size;
  if (description_.page_count == 0) {
    return {};  // an empty file: the backup API would make a page of its own
  }
  CaptureVfs capture(sinks.stream(0), description_.page_size, description_.page_count);
  Connection copy("copy", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options_.lock_timeout, capture.name());
  // A small cache hands pages on at once; a large one halves the speed.
  copy.execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=10");
  using Backup =
      std::unique_ptr<sqlite3_backup, decltype([](sqlite3_backup* backup) { (void)sqlite3_backup_finish(backup); })>;
  const Backup backup(sqlite3_backup_init(copy.handle(), "main", connection_->handle(), "main"));
  if (!backup) {
    copy.fail(sqlite3_errcode(copy.handle()), "copy");
  }
  int result = SQLITE_OK;
  std::optional<ReadAhead> read_ahead;
  if (!vfs_) {  // what is behind a file system of ours is in memory anyway
    read_ahead.emplace(*connection_, FileHook::Which::database);
  }
  while (result == SQLITE_OK) {
    result = sqlite3_backup_step(backup.get(), 256);
    const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
    capture.rethrow();
    tick();
    progress((total - left) * page_size);
  }
  if (result != SQLITE_DONE) {
    if (vfs_) {
      vfs_->rethrow();
    }
    connection_->fail(result, "read");
  }
  capture.finish();
  return {};
}

const schema::Table& SqliteView::table(const std::string& name) const {
  const schema::Table* found = schema::find_table(description_.schema, name);
  if (found == nullptr) {
    base::fail_usage("no_such_table",
                     cat("there is no table ", printable(name), " in ", printable(description_.source)), name);
  }
  return *found;
}

namespace {

// A failing page source hides behind an SQLITE_IOERR: its own words are better.
template <class Read>
auto read_through(const std::unique_ptr<PageVfs>& vfs, Read read) {
  try {
    return read();
  } catch (const Error&) {
    if (vfs) {
      vfs->rethrow();
    }
    throw;
  }
}

}  // namespace

std::uint64_t SqliteView::count(const std::string& name) {
  return read_through(vfs_, [&] {
    return static_cast<std::uint64_t>(connection_->integer("SELECT count(*) FROM main." + quote(name)));
  });
}

// SQLite counts in one instruction, between which its progress handler would be called: it has to be interrupted.
std::optional<std::uint64_t> SqliteView::count_within(const std::string& name, std::chrono::milliseconds limit) {
  std::mutex mutex;
  std::condition_variable_any over;
  bool is_counted = false;
  bool is_late = false;
  const std::jthread watch([&] {
    std::unique_lock lock(mutex);
    if (!over.wait_for(lock, limit, [&] { return is_counted; })) {
      is_late = true;
      sqlite3_interrupt(connection_->handle());
    }
  });
  const auto counted = [&] {
    const std::scoped_lock lock(mutex);
    is_counted = true;
    over.notify_all();
    return is_late;
  };
  try {
    const std::uint64_t rows = count(name);
    (void)counted();
    return rows;
  } catch (const Error&) {
    if (counted()) {
      return std::nullopt;
    }
    throw;
  }
}

Content SqliteView::content(const std::string& name) {
  return read_through(vfs_, [&] { return content_of(*connection_, table(name)); });
}

RowDifference SqliteView::compare(SqliteView& other, const std::string& name) {
  return read_through(vfs_, [&] {
    return read_through(other.vfs_,
                        [&] { return compare_rows(*connection_, table(name), *other.connection_, other.table(name)); });
  });
}

std::string SqliteView::value_of(const std::string& sql) {
  const auto refuse = [&](const std::string& why) {
    base::fail_usage("bad_check", cat("the integrity query '", printable(sql), "' ", why), sql,
                     "correct its `sql` in dbrollback.toml");
  };
  return read_through(vfs_, [&] {
    std::optional<Statement> query;
    try {
      query.emplace(*connection_, sql);
    } catch (const Error& error) {
      if (error.exit() != Exit::failed) {
        throw;
      }
      refuse(cat("cannot be run: ", printable(sqlite3_errmsg(connection_->handle()))));
    }
    if (query->handle() == nullptr || sqlite3_stmt_readonly(query->handle()) == 0) {
      refuse("would change the database, or is empty");
    }
    if (query->columns() != 1 || !query->step()) {
      refuse("must return one value");
    }
    return query->shown(0);
  });
}

View::Integrity SqliteView::integrity() {
  return read_through(vfs_, [&] { return check_integrity(*connection_); });
}

}  // namespace dbrollback::database::sqlite
