#include "engine/database/sqlite/write_file.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::sqlite {

namespace {

constexpr std::uint64_t flush_bytes = 32U << 20U;
constexpr std::uint64_t in_cache_bytes = 128U << 10U;  // read and hashed before a core's cache loses them

class FileSource final : public PageSource {
 public:
  FileSource(const base::File& file, std::uint64_t size) : file_(&file), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> into) override {
    try {
      (void)file_->read_at(offset, into);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }
  // SQLite says no more than that it cannot read.
  void rethrow() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

 private:
  std::exception_ptr failure_;
  const base::File* file_;
  std::uint64_t size_;
};

// Reads what was written, on a thread of its own, and compares its hashes with those that it should have.
class ReadBack {
 public:
  struct Piece {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    base::Hash128 hash;
  };

  explicit ReadBack(const base::File& file) : file_(&file), thread_([this] { work(); }) {}
  ~ReadBack() { end(); }
  ReadBack(const ReadBack&) = delete;
  ReadBack& operator=(const ReadBack&) = delete;
  ReadBack(ReadBack&&) = delete;
  ReadBack& operator=(ReadBack&&) = delete;

  void add(const Piece& piece) {
    const std::scoped_lock lock(mutex_);
    pieces_.push_back(piece);
    changed_.notify_all();
  }

  // Waits for everything that was added. Throws Error when any of it differs or cannot be read.
  void finish() {
    end();
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

 private:
  void end() {
    {
      const std::scoped_lock lock(mutex_);
      complete_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void work() noexcept {
    try {
      base::Bytes bytes(in_cache_bytes);
      std::unique_lock lock(mutex_);
      while (true) {
        changed_.wait(lock, [&] { return !pieces_.empty() || complete_; });
        if (pieces_.empty()) {
          return;
        }
        const Piece piece = pieces_.front();
        pieces_.pop_front();
        lock.unlock();
        if (hash_of(piece, bytes) != piece.hash) {
          fail_differing(piece);
        }
        lock.lock();
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  base::Hash128 hash_of(const Piece& piece, base::Bytes& buffer) const {
    base::Hasher hasher;
    for (std::uint64_t done = 0; done < piece.size;) {
      const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), piece.size - done));
      const std::size_t got = file_->read_at(piece.offset + done, part);
      hasher.update(part.first(got));
      done += got;
      if (got < part.size()) {
        break;  // what is missing makes it another hash
      }
    }
    return hasher.digest();
  }

  [[noreturn]] void fail_differing(const Piece& piece) const {
    base::fail({.code = "restore_differs",
                .exit = Exit::failed,
                .message = base::cat("what was written to ", base::printable(file_->path().native()),
                                     " is not what the snapshot holds: bytes ", piece.offset, " to ",
                                     piece.offset + piece.size, " differ"),
                .object = file_->path(),
                .state = "the file was removed; nothing else was changed",
                .next = "check the disk, or choose another one"});
  }

  const base::File* file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> pieces_;
  bool complete_ = false;
  std::exception_ptr failure_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace

OverwriteResult write_file(PageSource& source, const std::filesystem::path& file, const OverwriteOptions& options) {
  const std::uint64_t size = source.size();
  base::File out(file, base::File::Mode::create_as_umask, 0644);
  {
    std::optional<ReadBack> read_back;
    if (options.verify) {
      read_back.emplace(out);
    }
    base::Bytes buffer;
    std::uint64_t piece_size = 0;
    for (std::uint64_t offset = 0; offset < size; offset += piece_size) {
      piece_size = std::min(batch_bytes, size - offset);
      out.write(source.view(offset, piece_size, buffer));
      if ((offset + piece_size) % flush_bytes == 0) {
        out.start_writing_back();  // so that the sync at the end finds little left to do
      }
      if (read_back) {
        read_back->add({.offset = offset, .size = piece_size, .hash = source.hash(offset, piece_size)});
      }
      if (options.tick) {
        options.tick();
      }
      if (options.progress) {
        options.progress("writing pages", offset + piece_size);
      }
    }
    out.sync();
    if (read_back) {
      read_back->finish();
    }
  }
  if (size > 0) {
    FileSource written(out, size);
    try {
      (void)open_pages(written, file.native(), {.tick = options.tick});
    } catch (const Error&) {
      written.rethrow();
      throw;
    }
  }
  out.close();
  return {.comparison = options.verify ? OverwriteResult::Comparison::equal : OverwriteResult::Comparison::not_done,
          .writers_paused = {}};
}

}  // namespace dbrollback::database::sqlite
