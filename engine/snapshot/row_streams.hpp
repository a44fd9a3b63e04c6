// Streams that a view is read in at the same time, each with a compressor and segments of its own: they share nothing.
#pragma once

#include <memory>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

[[nodiscard]] FrameFacts facts_of(const database::Batch& batch);

class RowStreams final : public database::BatchSinks {
 public:
  // `level` as of zstd.
  RowStreams(storage::ObjectStore& store, const std::string& id, unsigned count, int level);
  ~RowStreams() override;
  RowStreams(const RowStreams&) = delete;
  RowStreams& operator=(const RowStreams&) = delete;
  RowStreams(RowStreams&&) = delete;
  RowStreams& operator=(RowStreams&&) = delete;

  [[nodiscard]] database::BatchSink& stream(unsigned number) override;
  // Ends all segments; returns them sorted by name.
  [[nodiscard]] std::vector<SegmentFacts> finish();

 private:
  class Stream;
  SegmentNumbers numbers_{0};
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace dbrollback::snapshot
