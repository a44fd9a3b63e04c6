// The rows that a snapshot stores, table by table: COPY's text format, a line a row.
#pragma once

#include <functional>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/snapshot/stored_frames.hpp"

namespace dbrollback::snapshot {

class StoredRows {
 public:
  // Frames of one table that stand one after another in a segment: whole rows.
  struct Run {
    std::size_t table = 0;  // place in the manifest's tables
    std::size_t first = 0;  // frames
    std::size_t end = 0;
    std::uint64_t raw_bytes = 0;
  };
  // The calling thread's own.
  struct Scratch {
    StoredFrames::Scratch frame;
    base::Bytes raw;
  };

  // Opens every segment. Throws Error (Exit::damaged) when one is missing or its index is damaged, or when a frame is
  // of no table of the manifest.
  StoredRows(storage::ObjectStore& store, SnapshotDetails manifest);

  [[nodiscard]] const SnapshotDetails& manifest() const { return manifest_; }
  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }

  // Gives `take` a run's bytes, a frame at a time. Several threads may read at once. Throws Error (Exit::damaged)
  // naming the table and its blocks.
  void read(const Run& run, Scratch& scratch, const std::function<void(base::ByteView raw)>& take) const;

  // Gives `take` each row of the manifest's n-th table, without its end, in no order. A row is in memory as a whole.
  void rows(std::size_t table, const std::function<void(base::ByteView row)>& take) const;

  // The number of rows and the content hash of each of the manifest's tables, on several threads. `progress` is told of
  // bytes read, by the calling thread, and may throw to stop.
  [[nodiscard]] std::vector<database::Content> contents(const std::function<void(std::uint64_t bytes)>& progress) const;

 private:
  void require_whole(const Run& run, bool is_whole) const;
  [[noreturn]] void fail_frame(const StoredFrames::Frame& frame, const char* problem) const;

  SnapshotDetails manifest_;
  StoredFrames frames_;
  std::vector<Run> runs_;
};

// "rows of public.orders in its blocks 1024 to 2047".
[[nodiscard]] std::string describe_rows(const SnapshotDetails& manifest, const FrameFacts& facts);

}  // namespace dbrollback::snapshot
