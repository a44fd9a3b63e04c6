#include "engine/snapshot/segment_writer.hpp"

#include <cstdio>
#include <utility>

#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

namespace {

std::string segment_name(std::size_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return base::cat("data-", digits, ".seg");
}

}  // namespace

std::string object_name(const std::string& id, const std::string& file) {
  return base::cat("snapshots/", id, "/", file);
}

SegmentWriter::SegmentWriter(storage::ObjectStore& store, std::string id)
    : store_(&store), id_(std::move(id)), key_(snapshot_key(id_)) {}

void SegmentWriter::append(const FrameFacts& facts, base::ByteView stored) {
  if (!object_) {
    begin();
  }
  entries_.push_back({.offset = offset_, .facts = facts});
  write(encode_header(facts, key_, entries_.size() - 1));
  write(stored);
  if (offset_ >= store_->segment_bytes() || entries_.size() == most_frames) {
    end();
  }
}

std::vector<SegmentFacts> SegmentWriter::finish() {
  if (object_) {
    end();
  }
  return std::move(segments_);
}

void SegmentWriter::begin() {
  segments_.push_back({.name = segment_name(segments_.size()), .bytes = 0, .frames = 0, .hash = {}});
  object_ = store_->put(object_name(id_, segments_.back().name));
  hash_ = base::Hasher();
  offset_ = 0;
  entries_.clear();
}

void SegmentWriter::end() {
  const std::uint64_t index_offset = offset_;
  const base::Bytes index = encode_index(entries_);
  write(index);
  write(encode_footer(
      {.snapshot_key = key_, .index_offset = index_offset, .index_bytes = index.size(), .frames = entries_.size()}));
  object_->commit();
  object_.reset();
  base::reached("segment committed");
  SegmentFacts& segment = segments_.back();
  segment.bytes = offset_;
  segment.frames = entries_.size();
  segment.hash = to_hex(hash_.digest());
}

void SegmentWriter::write(base::ByteView bytes) {
  object_->write(bytes);
  hash_.update(bytes);
  offset_ += bytes.size();
}

}  // namespace dbrollback::snapshot
