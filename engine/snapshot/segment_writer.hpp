// Writes frames one after another into segments, which it rolls at the size that the store asks for.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/snapshot/hashed_file.hpp"

namespace dbrollback::snapshot {

// The numbers of a snapshot's segments, for all of its writers.
using SegmentNumbers = std::atomic<std::size_t>;

// One thread. Segments become visible as they are full, but no snapshot exists before its manifest does.
class SegmentWriter {
 public:
  // `numbers`, where others write segments of the same snapshot too, must outlive it.
  SegmentWriter(storage::ObjectStore& store, std::string id, SegmentNumbers* numbers = nullptr);

  // `facts` with stored_bytes and hashes filled in; `stored` is one zstd frame. The pieces of a row stay together: no
  // segment ends with a frame in which no row does.
  void append(const FrameFacts& facts, base::ByteView stored);

  // Ends the last segment. What was written, in order.
  [[nodiscard]] std::vector<SegmentFacts> finish();

 private:
  void begin();
  void end();

  storage::ObjectStore* store_;
  std::string id_;
  base::Hash128 key_;
  SegmentNumbers own_numbers_{0};
  SegmentNumbers* numbers_;
  std::optional<HashedFile> file_;
  std::vector<IndexEntry> entries_;
  std::vector<SegmentFacts> segments_;
};

}  // namespace dbrollback::snapshot
