// A stored SQLite snapshot as pages at random: frames are decoded on demand and the latest are kept.
#pragma once

#include <list>
#include <unordered_map>

#include "engine/database/database.hpp"
#include "engine/snapshot/reader.hpp"

namespace dbrollback::snapshot {

// One thread. `reader` must outlive it.
class SnapshotPages final : public database::PageSource {
 public:
  // Throws Error (Exit::damaged) when the frames do not cover every page exactly once.
  explicit SnapshotPages(const SnapshotReader& reader);

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> into) override;

 private:
  const base::Bytes& frame(std::size_t number);

  const SnapshotReader* reader_;
  std::uint64_t size_ = 0;
  std::uint64_t page_size_ = 0;
  base::Decompressor decompressor_;
  base::Bytes scratch_;
  struct Cached {
    std::size_t number;
    base::Bytes bytes;
  };
  std::list<Cached> cache_;  // latest first
  std::unordered_map<std::size_t, std::list<Cached>::iterator> where_;
};

}  // namespace dbrollback::snapshot
