// Reads a snapshot's frames. Everything in a repository is untrusted: each length is checked before it is believed, and
// each frame's hash before it is decompressed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/base/compress.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {

// The index of a segment, checked against the manifest's facts. Throws Error (Exit::damaged) naming the segment.
[[nodiscard]] std::vector<IndexEntry> read_index(const storage::ObjectReader& segment, const SegmentFacts& facts,
                                                 const base::Hash128& key, const std::string& object);

class SnapshotReader {
 public:
  struct Frame {
    std::uint32_t segment = 0;
    std::uint64_t sequence = 0;
    IndexEntry entry;
  };

  // Reads the manifest and every index. Throws Error (Exit::damaged) when anything of them is missing or damaged.
  SnapshotReader(storage::ObjectStore& store, const std::string& id);

  [[nodiscard]] const SnapshotDetails& manifest() const { return manifest_; }
  // Sorted by object, part and first.
  [[nodiscard]] const std::vector<Frame>& frames() const { return frames_; }

  // Puts a frame's content into `raw`. `scratch` and `decompressor` are the calling thread's own. Several threads may
  // read at once. Throws Error (Exit::damaged) naming segment and pages.
  void read(const Frame& frame, base::Bytes& raw, base::Bytes& scratch, base::Decompressor& decompressor) const;

  // "pages 257 to 512 in data-0000.seg", counted from 1 as SQLite does.
  [[nodiscard]] std::string describe(const Frame& frame) const;

 private:
  SnapshotDetails manifest_;
  base::Hash128 key_;
  std::vector<std::unique_ptr<storage::ObjectReader>> segments_;
  std::vector<Frame> frames_;
};

}  // namespace dbrollback::snapshot
