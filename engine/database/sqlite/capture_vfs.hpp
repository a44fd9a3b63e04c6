// A file system of one file for SQLite's backup API to write a database into: pages go to a BatchSink as they come and
// are never stored. The way in of every snapshot (https://sqlite.org/c3ref/vfs.html, https://sqlite.org/backup.html).
#pragma once

#include <sqlite3.h>

#include <exception>
#include <map>
#include <string>

#include "engine/database/database.hpp"

namespace dbrollback::database::sqlite {

[[nodiscard]] constexpr std::uint64_t pages_per_batch(std::uint32_t page_size) { return batch_bytes / page_size; }

// SQLite never uses the page that holds the byte at 1 GiB: its locks are there. Counted from 0.
[[nodiscard]] constexpr std::uint64_t lock_page(std::uint32_t page_size) { return 0x40000000ULL / page_size; }

// Registered under a name of its own for as long as it lives. One connection may be open on it.
class CaptureVfs {
 public:
  CaptureVfs(BatchSink& sink, std::uint32_t page_size, std::uint64_t page_count);
  ~CaptureVfs();
  CaptureVfs(const CaptureVfs&) = delete;
  CaptureVfs& operator=(const CaptureVfs&) = delete;
  CaptureVfs(CaptureVfs&&) = delete;
  CaptureVfs& operator=(CaptureVfs&&) = delete;

  [[nodiscard]] const char* name() const { return name_.c_str(); }
  // Every page came; throws what the sink threw. Call it after the backup finished.
  void finish();
  // What the sink threw, if anything: the reason behind an SQLITE_IOERR.
  void rethrow() const;

 private:
  struct Batching {
    base::Bytes bytes;
    std::uint64_t pages = 0;  // that have come
    std::vector<bool> came;
  };
  struct File;

  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) noexcept;
  void take(std::uint64_t page, base::ByteView bytes);
  [[nodiscard]] std::uint64_t pages_of(std::uint64_t batch) const;

  BatchSink* sink_;
  std::uint32_t page_size_;
  std::uint64_t page_count_;
  std::uint64_t file_size_ = 0;
  std::map<std::uint64_t, Batching> open_;  // batches of which pages are missing: page 1 comes last, so batch 0 waits
  std::uint64_t finished_ = 0;              // batches given to the sink
  std::exception_ptr failure_;
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace dbrollback::database::sqlite
