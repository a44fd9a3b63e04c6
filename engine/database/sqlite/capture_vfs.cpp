#include "engine/database/sqlite/capture_vfs.hpp"

#include <atomic>
#include <cstring>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/vfs.hpp"

namespace dbrollback::database::sqlite {

// Pages come in order but for a few that SQLite's small cache holds back.
constexpr std::size_t most_open_batches = 8;

struct CaptureVfs::File {
  sqlite3_file base;
  CaptureVfs* vfs;
};

namespace {

[[noreturn]] void unexpected(const char* what) {
  base::fail({.code = "internal",
              .exit = Exit::failed,
              .message = base::cat("SQLite wrote the copy in an order that dbrollback does not know: ", what),
              .object = {},
              .state = "nothing was changed",
              .next = "report this with the version of SQLite"});
}

}  // namespace

int CaptureVfs::write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) noexcept {
  CaptureVfs& self = *reinterpret_cast<File*>(file)->vfs;
  try {
    const auto at = static_cast<std::uint64_t>(offset);
    if (static_cast<std::uint32_t>(size) != self.page_size_ || at % self.page_size_ != 0) {
      unexpected("a part of a page");
    }
    self.take(at / self.page_size_, {static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)});
    self.file_size_ = std::max(self.file_size_, at + self.page_size_);
    return SQLITE_OK;
  } catch (...) {
    self.failure_ = std::current_exception();
    return SQLITE_IOERR_WRITE;
  }
}

CaptureVfs::CaptureVfs(BatchSink& sink, std::uint32_t page_size, std::uint64_t page_count)
    : sink_(&sink), page_size_(page_size), page_count_(page_count), name_(unique_vfs_name("dbrollback-capture")) {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods m = inert_file_methods();
    m.xWrite = &CaptureVfs::write;
    m.xRead = [](sqlite3_file* /*file*/, void* into, int size, sqlite3_int64 /*offset*/) {
      std::memset(into, 0, static_cast<std::size_t>(size));  // nothing is kept: as a file that ends before
      return SQLITE_IOERR_SHORT_READ;
    };
    m.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      *size = static_cast<sqlite3_int64>(reinterpret_cast<File*>(file)->vfs->file_size_);
      return SQLITE_OK;
    };
    return m;
  }();
  vfs_ = inert_vfs(name_, static_cast<int>(sizeof(File)), this);
  vfs_.xOpen = [](sqlite3_vfs* vfs, sqlite3_filename /*name*/, sqlite3_file* file, int flags, int* out_flags) {
    auto* opened = reinterpret_cast<File*>(file);
    opened->base.pMethods = nullptr;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
      return SQLITE_CANTOPEN;
    }
    opened->vfs = static_cast<CaptureVfs*>(vfs->pAppData);
    opened->base.pMethods = &methods;
    if (out_flags != nullptr) {
      *out_flags = flags;
    }
    return SQLITE_OK;
  };
  (void)sqlite3_vfs_register(&vfs_, 0);
}

CaptureVfs::~CaptureVfs() { (void)sqlite3_vfs_unregister(&vfs_); }

std::uint64_t CaptureVfs::pages_of(std::uint64_t batch) const {
  const std::uint64_t first = batch * pages_per_batch(page_size_);
  return std::min(pages_per_batch(page_size_), page_count_ - first);
}

void CaptureVfs::take(std::uint64_t page, base::ByteView bytes) {
  if (page >= page_count_) {
    unexpected("a page beyond the end");
  }
  const std::uint64_t batch = page / pages_per_batch(page_size_);
  const std::uint64_t first = batch * pages_per_batch(page_size_);
  const auto [at, is_new] = open_.try_emplace(batch);
  Batching& batching = at->second;
  if (is_new) {
    if (open_.size() > most_open_batches) {
      unexpected("pages far from each other");
    }
    const std::uint64_t pages = pages_of(batch);
    batching.bytes = sink_->take_buffer();
    batching.bytes.resize(pages * page_size_);
    batching.came.resize(pages);
    const std::uint64_t lock = lock_page(page_size_);
    if (lock >= first && lock < first + pages) {  // never written: zeros
      std::memset(batching.bytes.data() + (lock - first) * page_size_, 0, page_size_);
      batching.came[lock - first] = true;
      batching.pages = 1;
    }
  }
  if (!batching.came[page - first]) {
    batching.came[page - first] = true;
    ++batching.pages;
  }
  std::memcpy(batching.bytes.data() + (page - first) * page_size_, bytes.data(), page_size_);
  // Page 1 is written when everything else is, perhaps more than once: its batch waits for `finish`.
  if (batching.pages == pages_of(batch) && batch != 0) {
    sink_->take(
        {.first = first, .end = first + batching.pages, .rows = batching.pages, .bytes = std::move(batching.bytes)});
    open_.erase(at);
    ++finished_;
  }
}

void CaptureVfs::finish() {
  rethrow();
  const std::uint64_t per_batch = pages_per_batch(page_size_);
  const std::uint64_t batches = (page_count_ + per_batch - 1) / per_batch;
  if (open_.size() != 1 || open_.begin()->first != 0 || open_.begin()->second.pages != pages_of(0) ||
      finished_ + 1 != batches) {
    unexpected("some pages did not come");
  }
  sink_->take({.first = 0, .end = pages_of(0), .rows = pages_of(0), .bytes = std::move(open_.begin()->second.bytes)});
  open_.clear();
}

void CaptureVfs::rethrow() const {
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

}  // namespace dbrollback::database::sqlite
