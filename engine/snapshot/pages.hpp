// A stored SQLite snapshot as pages at random. It is decoded in chunks; where chunks are read one after another, other
// threads decode the next ones ahead.
#pragma once

#include <condition_variable>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/snapshot/reader.hpp"

namespace dbrollback::snapshot {

// One thread. `reader` must outlive it.
class SnapshotPages final : public database::PageSource {
 public:
  // `threads` that decode ahead; 0: one for each core.
  explicit SnapshotPages(const SnapshotReader& reader, unsigned threads = 0);
  ~SnapshotPages() override;
  SnapshotPages(const SnapshotPages&) = delete;
  SnapshotPages& operator=(const SnapshotPages&) = delete;
  SnapshotPages(SnapshotPages&&) = delete;
  SnapshotPages& operator=(SnapshotPages&&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> into) override;
  [[nodiscard]] base::ByteView view(std::uint64_t offset, std::uint64_t size, base::Bytes& buffer) override;
  [[nodiscard]] base::Hash128 hash(std::uint64_t offset, std::uint64_t size) override;

 private:
  struct Chunk {
    std::uint64_t number = 0;
    base::Bytes bytes;
    std::exception_ptr failure;
    bool ready = false;
  };
  using ChunkPtr = std::shared_ptr<Chunk>;

  ChunkPtr chunk(std::uint64_t number);
  ChunkPtr enter(std::uint64_t number);
  void decode(Chunk& chunk, SnapshotReader::Scratch& scratch) const;
  void read_ahead(std::uint64_t number);
  void work();

  const SnapshotReader* reader_;
  std::uint64_t size_;
  std::uint64_t page_size_;
  std::uint64_t chunk_pages_;
  std::uint64_t chunks_;
  unsigned most_threads_;
  SnapshotReader::Scratch scratch_;
  std::uint64_t last_ = ~0ULL;     // the chunk read last
  std::uint64_t in_sequence_ = 0;  // how many were read one after another

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<ChunkPtr> cache_;  // latest first
  std::unordered_map<std::uint64_t, std::list<ChunkPtr>::iterator> where_;
  std::list<ChunkPtr> ahead_;  // for a worker
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: ends before what it uses
};

}  // namespace dbrollback::snapshot
