#include "engine/snapshot/segment_writer.hpp"

#include <utility>

#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

namespace {

constexpr std::size_t pieces_of_a_row = 1024;

std::string segment_name(std::size_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return base::cat("data-", digits, ".seg");
}

}  // namespace

SegmentWriter::SegmentWriter(storage::ObjectStore& store, std::string id, SegmentNumbers* numbers)
    : store_(&store),
      id_(std::move(id)),
      key_(snapshot_key(id_)),
      numbers_(numbers != nullptr ? numbers : &own_numbers_) {}

void SegmentWriter::append(const FrameFacts& facts, base::ByteView stored) {
  if (!file_) {
    begin();
  }
  entries_.push_back({.offset = file_->bytes(), .facts = facts});
  file_->write(encode_header(facts, key_, entries_.size() - 1));
  file_->write(stored);
  if (facts.rows > 0 &&
      (file_->bytes() >= store_->segment_bytes() || entries_.size() >= most_frames - pieces_of_a_row)) {
    end();
  }
}

std::vector<SegmentFacts> SegmentWriter::finish() {
  if (file_) {
    end();
  }
  return std::move(segments_);
}

void SegmentWriter::begin() {
  file_.emplace(*store_, id_, segment_name((*numbers_)++));
  entries_.clear();
}

void SegmentWriter::end() {
  const std::uint64_t index_offset = file_->bytes();
  const base::Bytes index = encode_index(entries_);
  file_->write(index);
  file_->write(encode_footer(
      {.snapshot_key = key_, .index_offset = index_offset, .index_bytes = index.size(), .frames = entries_.size()}));
  const FileFacts facts = file_->finish();
  file_.reset();
  base::reached("segment committed");
  segments_.push_back({.name = facts.name, .bytes = facts.bytes, .frames = entries_.size(), .hash = facts.hash});
}

}  // namespace dbrollback::snapshot
