// Reads a snapshot's pages, wherever they are stored: in its own segments, or in those of the snapshots that it refers
// to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/snapshot/page_map.hpp"
#include "engine/snapshot/stored_frames.hpp"

namespace dbrollback::snapshot {

class SnapshotReader {
 public:
  // Reads the manifest, the page map and every index. Throws Error (Exit::damaged) when anything of them is missing or
  // damaged.
  SnapshotReader(storage::ObjectStore& store, const std::string& id);
  // The same, with a manifest that was read already.
  SnapshotReader(storage::ObjectStore& store, SnapshotDetails manifest);

  [[nodiscard]] const SnapshotDetails& manifest() const { return manifest_; }
  // Where each page is: in order, each page once.
  [[nodiscard]] const std::vector<PageRun>& runs() const { return runs_; }
  // 0: the snapshot itself; n: the n-th holder of its manifest.
  [[nodiscard]] const StoredFrames& holder(std::size_t number) const { return holders_[number]; }
  [[nodiscard]] std::size_t holders() const { return holders_.size(); }

  // Pages that lie next to each other in one frame.
  struct Part {
    std::uint32_t holder = 0;
    std::size_t frame = 0;     // of the holder's frames()
    std::uint64_t page = 0;    // the first
    std::uint64_t stored = 0;  // where the holder has it
    std::uint64_t pages = 0;
  };
  // Where the pages [first, end) are, in order; nothing where first >= end. Precondition: end <= page count.
  [[nodiscard]] std::vector<Part> parts_of(std::uint64_t first, std::uint64_t end) const;

  // The calling thread's own.
  struct Scratch {
    StoredFrames::Scratch frame;
    base::Bytes raw;
  };

  // Puts the pages [first, end) into `into`, which has their size. Several threads may read at once. Throws Error
  // (Exit::damaged) naming pages and segment.
  void read(std::uint64_t first, std::uint64_t end, std::span<std::byte> into, Scratch& scratch) const;

  // The hash of the pages [first, end), where one frame holds exactly them.
  [[nodiscard]] std::optional<base::Hash128> hash_of(std::uint64_t first, std::uint64_t end) const;

 private:
  // The run with a page. Precondition: page < page count.
  [[nodiscard]] std::size_t run_of(std::uint64_t page) const;
  void add_holder(storage::ObjectStore& store, const HolderFacts& facts);

  SnapshotDetails manifest_;
  std::vector<StoredFrames> holders_;
  std::vector<PageRun> runs_;
};

// The page map of a snapshot: of the file that its manifest names, or the one of a snapshot that stands alone, whose
// stored pages are its pages. Throws Error (Exit::damaged).
[[nodiscard]] std::vector<PageRun> read_page_map(storage::ObjectStore& store, const SnapshotDetails& manifest);

// "pages 257 to 512", counted from 1 as SQLite does; several ranges where a frame holds several.
[[nodiscard]] std::string describe_pages(const std::vector<PageRun>& runs, std::size_t holder, const FrameFacts& facts);

}  // namespace dbrollback::snapshot
