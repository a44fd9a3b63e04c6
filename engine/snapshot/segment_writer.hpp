// Writes frames one after another into segments, which it rolls at the size that the store asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/snapshot/hashed_file.hpp"

namespace dbrollback::snapshot {

// One thread. Segments become visible as they are full, but no snapshot exists before its manifest does.
class SegmentWriter {
 public:
  SegmentWriter(storage::ObjectStore& store, std::string id);

  // `facts` with stored_bytes and hashes filled in; `stored` is one zstd frame.
  void append(const FrameFacts& facts, base::ByteView stored);

  // Ends the last segment. What was written, in order.
  [[nodiscard]] std::vector<SegmentFacts> finish();

 private:
  void begin();
  void end();

  storage::ObjectStore* store_;
  std::string id_;
  base::Hash128 key_;
  std::optional<HashedFile> file_;
  std::vector<IndexEntry> entries_;
  std::vector<SegmentFacts> segments_;
};

}  // namespace dbrollback::snapshot
