// The frames that one snapshot stores itself. Everything in a repository is untrusted: each length is checked before
// it is believed, and each frame's hash before it is decompressed.
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

// Reads a frame's header and stored bytes into `into`; null when they are whole, or what is wrong with them.
// `unknown_feature` as in decode_header.
[[nodiscard]] const char* load_frame(const storage::ObjectReader& segment, const IndexEntry& entry,
                                     const base::Hash128& key, std::uint64_t sequence, base::Bytes& into,
                                     bool* unknown_feature = nullptr);

class StoredFrames {
 public:
  struct Frame {
    std::uint32_t segment = 0;
    std::uint64_t sequence = 0;
    std::uint64_t before = 0;  // pages in the frames that are stored before this one
    IndexEntry entry;
  };

  // Opens the segments and reads every index. Throws Error (Exit::damaged) when anything of that is missing or damaged,
  // or when the frames do not hold the pages from 0 on without a gap. `page_size` 0: frames of rows.
  StoredFrames(storage::ObjectStore& store, const std::string& id, const std::vector<SegmentFacts>& segments,
               std::uint32_t page_size);

  [[nodiscard]] const std::string& id() const { return id_; }
  // Sorted by first; those of rows as they are stored.
  [[nodiscard]] const std::vector<Frame>& frames() const { return frames_; }
  [[nodiscard]] std::uint64_t pages() const { return frames_.empty() ? 0 : frames_.back().entry.facts.end; }
  // The frame with a stored page. Precondition: stored < pages().
  [[nodiscard]] std::size_t frame_of(std::uint64_t stored) const;
  [[nodiscard]] const std::string& segment_name(const Frame& frame) const { return names_[frame.segment]; }

  // The calling thread's own.
  struct Scratch {
    base::Bytes stored;
    base::Decompressor decompressor;
  };

  // Whether the stored bytes of a frame are whole; null, or what is wrong with them. Reads twice before it says so.
  [[nodiscard]] const char* check(const Frame& frame, Scratch& scratch) const;
  // Puts a frame's content into `raw`, which has its size; null, or what is wrong. Several threads may read at once.
  [[nodiscard]] const char* read(const Frame& frame, std::span<std::byte> raw, Scratch& scratch) const;

 private:
  [[nodiscard]] const char* load(const Frame& frame, Scratch& scratch) const;
  void require_no_gaps(std::uint32_t page_size) const;

  std::string id_;
  base::Hash128 key_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<storage::ObjectReader>> segments_;
  std::vector<Frame> frames_;
};

// An Error (Exit::damaged) about something stored.
[[noreturn]] void fail_damaged(const std::string& object, const std::string& problem);

}  // namespace dbrollback::snapshot
