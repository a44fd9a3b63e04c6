#include "engine/snapshot/row_streams.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/compress.hpp"

namespace dbrollback::snapshot {

FrameFacts facts_of(const database::Batch& batch) {
  FrameFacts facts;
  facts.object = batch.object;
  facts.part = batch.part;
  facts.first = batch.first;
  facts.end = batch.end;
  facts.rows = batch.rows;
  return facts;
}

class RowStreams::Stream final : public database::BatchSink {
 public:
  Stream(storage::ObjectStore& store, const std::string& id, SegmentNumbers& numbers, int level)
      : writer_(store, id, &numbers), compressor_(level) {}

  base::Bytes take_buffer() override { return std::exchange(buffer_, {}); }

  void take(database::Batch batch) override {
    FrameFacts facts = facts_of(batch);
    facts.raw_bytes = batch.bytes.size();
    facts.raw_hash = base::xxh3_128(batch.bytes);
    compressor_.compress(batch.bytes, stored_);
    facts.stored_bytes = stored_.size();
    facts.stored_hash = base::xxh3_128(stored_);
    writer_.append(facts, stored_);
    buffer_ = std::move(batch.bytes);
    buffer_.clear();
  }

  std::vector<SegmentFacts> finish() { return writer_.finish(); }

 private:
  SegmentWriter writer_;
  base::Compressor compressor_;
  base::Bytes stored_;
  base::Bytes buffer_;
};

RowStreams::RowStreams(storage::ObjectStore& store, const std::string& id, unsigned count, int level) {
  for (unsigned i = 0; i < count; ++i) {
    streams_.push_back(std::make_unique<Stream>(store, id, numbers_, level));
  }
}

RowStreams::~RowStreams() = default;

database::BatchSink& RowStreams::stream(unsigned number) { return *streams_[number]; }

std::vector<SegmentFacts> RowStreams::finish() {
  std::vector<SegmentFacts> all;
  for (const auto& stream : streams_) {
    std::ranges::move(stream->finish(), std::back_inserter(all));
  }
  std::ranges::sort(all, {}, [](const SegmentFacts& segment) { return std::pair(segment.name.size(), segment.name); });
  return all;
}

}  // namespace dbrollback::snapshot
