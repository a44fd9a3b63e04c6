// Replacing a live database through SQLite's backup API, so that locks, inode, owner and mode stay, and readers and
// writers see the old content or the new (https://sqlite.org/backup.html).
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/errors.hpp"
#include "engine/database/sqlite/read_ahead.hpp"
#include "engine/database/sqlite/sqlite_database.hpp"
#include "engine/database/sqlite/sqlite_view.hpp"
#include "engine/database/sqlite/write_changed.hpp"
#include "engine/database/sqlite/write_file.hpp"
#include "engine/database/sqlite/write_together.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int pages_per_step = 256;

std::chrono::milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

// Compares what is read with a source: by the hash of a run of pages, and page by page where that differs.
class Comparison final : public BatchSink, public BatchSinks {
 public:
  Comparison(PageSource& source, std::uint32_t page_size) : source_(&source), page_size_(page_size) {}

  BatchSink& stream(unsigned /*number*/) override { return *this; }
  void take(Batch batch) override {
    const std::uint64_t offset = batch.first * page_size_;
    if (batch.first != 0 && source_->hash(offset, batch.bytes.size()) == base::xxh3_128(batch.bytes)) {
      return;
    }
    expected_.resize(batch.bytes.size());
    source_->read(offset, expected_);
    if (batch.first == 0) {
      forgive(batch.bytes);
      forgive(expected_);
    }
    for (std::uint64_t page = batch.first; page < batch.end && !difference_; ++page) {
      const std::size_t at = (page - batch.first) * page_size_;
      if (std::memcmp(batch.bytes.data() + at, expected_.data() + at, page_size_) != 0) {
        difference_ = page + 1;
      }
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> difference() const { return difference_; }

 private:
  // Journal mode, change counter, schema cookie, version-valid-for: SQLite changes these by its own hand.
  static void forgive(base::Bytes& page) {
    constexpr std::array<std::pair<std::size_t, std::size_t>, 4> own{{{18, 20}, {24, 28}, {40, 44}, {92, 100}}};
    for (const auto& [first, end] : own) {
      std::fill(page.begin() + static_cast<std::ptrdiff_t>(first), page.begin() + static_cast<std::ptrdiff_t>(end),
                std::byte{0});
    }
  }

  PageSource* source_;
  std::uint32_t page_size_;
  base::Bytes expected_;
  std::optional<std::uint64_t> difference_;
};

class Overwrite {
 public:
  Overwrite(const std::filesystem::path& file, PageSource& source, const OverwriteOptions& options)
      : source_pages_(&source),
        options_(&options),
        vfs_(source),
        // An empty file has no page to copy: an empty database of one page stands for it.
        source_(source.size() > 0 ? "snapshot" : ":memory:", SQLITE_OPEN_READWRITE, options.lock_timeout,
                source.size() > 0 ? vfs_.name() : nullptr),
        target_(file.native(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.lock_timeout) {
    if (source.size() == 0) {
      source_.execute("PRAGMA user_version=0");
    }
    // The checkpoint is ours, not that of the next statement.
    target_.execute("PRAGMA wal_autocheckpoint=0");
    source_.set_tick(options.tick);
    target_.set_tick(options.tick);
  }

  OverwriteResult run() {
    (void)target_.integer("SELECT count(*) FROM sqlite_schema");
    source_page_size_ = static_cast<std::uint32_t>(source_.integer("PRAGMA page_size"));
    wal_ = target_.value("PRAGMA journal_mode") == "wal";
    try {
      prepare_shape();
      lock();
      copy();
    } catch (...) {
      backup_.reset();
      enter_wal_again();
      throw;
    }
    result_.writers_paused = since(*locked_at_);
    if (wal_) {
      checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    }
    if (options_->verify && source_pages_->size() > 0) {
      verify();
    }
    enter_wal_again();
    if (wal_) {  // give the room of the -wal back where no reader needs it any more
      (void)sqlite3_busy_timeout(target_.handle(), 200);
      checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    }
    return result_;
  }

 private:
  using Backup = std::unique_ptr<sqlite3_backup, decltype([](sqlite3_backup* b) { (void)sqlite3_backup_finish(b); })>;

  // Open connections survive new content, but not every change of its form.
  void prepare_shape() {
    if (target_.integer("PRAGMA page_count") == 0 || source_pages_->size() == 0) {
      return;
    }
    const std::string encoding = source_.value("PRAGMA encoding").value_or("");
    if (target_.value("PRAGMA encoding") != encoding) {
      const auto holders = base::holders_of(family_of(target_.path()));
      if (!holders.processes.empty() || !holders.complete) {
        refuse(cat("the snapshot's text encoding is ", encoding,
                   ", another one than now: connections that are open would "
                   "not survive that"),
               holders);
      }
    }
    if (wal_ && target_.integer("PRAGMA page_size") != source_page_size_) {
      leave_wal();
    }
  }

  // Only the last connection may leave WAL mode.
  void leave_wal() {
    try {
      wal_ = target_.value("PRAGMA journal_mode=DELETE") == "wal";
      left_wal_ = !wal_;
    } catch (const Error& error) {
      if (error.exit() != Exit::busy) {
        throw;
      }
    }
    if (wal_) {
      refuse(cat("the snapshot's page size is ", source_page_size_,
                 ", another one than now, which SQLite can only change "
                 "in WAL mode when no other connection is open"),
             base::holders_of(family_of(target_.path())));
    }
  }

  // By a new connection: the old one may not survive what was changed. A failure changes no content.
  void enter_wal_again() noexcept {
    if (!left_wal_) {
      return;
    }
    (void)sqlite3_exec(target_.handle(), "PRAGMA locking_mode=NORMAL; PRAGMA data_version", nullptr, nullptr, nullptr);
    try {
      Connection connection(target_.path(), SQLITE_OPEN_READWRITE, options_->lock_timeout);
      (void)connection.value("PRAGMA journal_mode=WAL");
    } catch (...) {
      left_wal_ = false;
    }
  }

  [[noreturn]] void refuse(const std::string& why, const base::Holders& holders) {
    base::fail({.code = "open_elsewhere",
                .exit = Exit::busy,
                .message = cat(printable(target_.path()), " is open in ", base::describe(holders), ", and ", why),
                .object = target_.path(),
                .state = "nothing was changed",
                .next = "stop these processes, then run this command again; or restore beside it with --into"});
  }

  void keep_state() {
    if (options_->keep_state) {
      options_->keep_state();
      base::reached("state before kept");
    }
  }

  // Ends with writers locked out and the state before kept, with nothing written between the two.
  void lock() {
    if (wal_) {  // readers do not mind the lock of a writer
      begin();
      keep_state();
    } else if (options_->keep_state) {
      // They do mind the one that a backup takes. With this locking mode the smaller one of BEGIN IMMEDIATE, which
      // keeps writers out and lets readers in, stays until the backup makes it the greater one.
      target_.execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK");
      locked_at_ = Clock::now();
      keep_state();
      begin();
      target_.execute("PRAGMA locking_mode=NORMAL");  // from the end of the backup on
    } else {
      begin();
    }
  }

  void begin() {
    backup_.reset(sqlite3_backup_init(target_.handle(), "main", source_.handle(), "main"));
    if (!backup_) {
      target_.fail(sqlite3_errcode(target_.handle()), "write");
    }
    last_step_ = sqlite3_backup_step(backup_.get(), 0);  // locks the target and copies nothing
    locked_at_ = locked_at_.value_or(Clock::now());
    if (last_step_ != SQLITE_OK) {
      fail_step();
    }
    base::reached("target locked");
  }

  void copy() {
    std::optional<ReadAhead> reading;  // the backup reads each page that it overwrites
    std::optional<WriteTogether> to_wal;
    std::optional<WriteChanged> to_file;
    if (wal_) {
      reading.emplace(target_, FileHook::Which::database);
      to_wal.emplace(target_);
    } else {
      to_file.emplace(target_, FileHook::Which::database);
    }
    while (last_step_ == SQLITE_OK) {
      if (to_wal && sqlite3_backup_remaining(backup_.get()) <= pages_per_step) {  // this step commits
        last_step_ = to_wal->finish();
        to_wal.reset();
      }
      if (last_step_ == SQLITE_OK) {
        last_step_ = sqlite3_backup_step(backup_.get(), pages_per_step);
      }
      base::reached("pages overwritten");
      if (options_->tick && last_step_ == SQLITE_OK) {
        options_->tick();
      }
      report("writing pages", static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup_.get()) -
                                                         sqlite3_backup_remaining(backup_.get())) *
                                  source_page_size_);
    }
    if (last_step_ != SQLITE_DONE) {
      fail_step();
    }
    const int result = sqlite3_backup_finish(backup_.release());
    if (result != SQLITE_OK) {
      target_.fail(result, "write");
    }
    base::reached("overwriting committed");
  }

  // What cannot be checkpointed now, since a reader needs it or the disk is full, is left to the next writer: it is
  // committed.
  void checkpoint(int mode) {
    const ReadAhead from_wal(target_, FileHook::Which::journal);
    const WriteChanged to_file(target_, FileHook::Which::database);
    (void)sqlite3_wal_checkpoint_v2(target_.handle(), "main", mode, nullptr, nullptr);
  }

  [[noreturn]] void fail_step() {
    vfs_.rethrow();
    const int result = last_step_;
    if ((result & 0xFF) == SQLITE_READONLY && sqlite3_db_readonly(target_.handle(), "main") == 0) {
      refuse("its page size cannot be changed now", base::holders_of(family_of(target_.path())));
    }
    source_.rethrow_kept();
    backup_.reset();  // rolls back
    target_.fail(result, "write");
  }

  // The restore itself is done: whatever happens here must not look as if it were not.
  void verify() {
    try {
      result_.comparison = compare();
      base::reached("target compared");
    } catch (const Error& error) {
      if (error.exit() == Exit::partial) {
        throw;
      }
      if (error.exit() == Exit::busy || error.code() == "interrupted") {
        return;
      }
      mismatch(cat("it cannot be read: ", error.what()));
    }
  }

  OverwriteResult::Comparison compare() {
    const std::uint32_t version = target_.data_version();
    // A connection from before does not survive another text encoding.
    Connection reader(target_.path(), SQLITE_OPEN_READWRITE, options_->lock_timeout);
    reader.execute("BEGIN");
    (void)reader.integer("SELECT count(*) FROM sqlite_schema");
    // When nothing has changed for the connection that wrote, the reader sees what it wrote. Another form of the
    // database looks like a change.
    (void)target_.integer("PRAGMA data_version");
    const bool unchanged = target_.data_version() == version;
    Comparison comparison(*source_pages_, source_page_size_);
    ViewOptions options;
    options.tick = options_->tick;
    SqliteView view(reader, target_.path(), options);
    std::string difference = view.describe().bytes() != source_pages_->size() ? "its size differs" : "";
    if (difference.empty()) {
      (void)view.read(comparison, [&](std::uint64_t bytes) { report("comparing pages", bytes); });
      difference = comparison.difference() ? cat("page ", *comparison.difference(), " differs") : "";
    }
    reader.execute("ROLLBACK");
    if (!difference.empty() && unchanged) {
      mismatch(difference);
    }
    return difference.empty() ? OverwriteResult::Comparison::equal : OverwriteResult::Comparison::written_since;
  }

  [[noreturn]] void mismatch(const std::string& how) {
    base::fail(
        {.code = "restore_differs",
         .exit = Exit::partial,
         .message = cat(printable(target_.path()), " is not what the snapshot holds after the restore: ", how),
         .object = target_.path(),
         .state = "the restore is complete but cannot be trusted; what was kept of the state before is still there",
         .next = "check the disk, then restore again"});
  }

  void report(std::string_view phase, std::uint64_t bytes) {
    if (options_->progress) {
      options_->progress(phase, bytes);
    }
  }

  PageSource* source_pages_;
  const OverwriteOptions* options_;
  PageVfs vfs_;
  Connection source_;
  Connection target_;
  Backup backup_;  // ends before its connections
  std::uint32_t source_page_size_ = 0;
  bool wal_ = false;
  bool left_wal_ = false;
  int last_step_ = SQLITE_OK;
  std::optional<Clock::time_point> locked_at_;
  OverwriteResult result_;
};

}  // namespace

OverwriteResult SqliteDatabase::overwrite(PageSource& source, const OverwriteOptions& options) {
  return options.private_file ? write_file(source, file_, options) : Overwrite(file_, source, options).run();
}

}  // namespace dbrollback::database::sqlite
