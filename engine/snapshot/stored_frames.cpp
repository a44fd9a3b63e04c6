#include "engine/snapshot/stored_frames.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;

namespace {

// Exactly `size` bytes at `offset`, or nothing.
bool read_exactly(const storage::ObjectReader& segment, std::uint64_t offset, std::uint64_t size, base::Bytes& into) {
  into.resize(size);
  return segment.read_at(offset, into) == size;
}

}  // namespace

void fail_damaged(const std::string& object, const std::string& problem) {
  base::fail(
      {.code = "damaged_segment",
       .exit = Exit::damaged,
       .message = cat(base::printable(object), " ", problem),
       .object = object,
       .state = "nothing was restored or changed",
       .next = "use another snapshot: `dbrollback list` shows them; `dbrollback verify --all` finds what is whole"});
}

std::vector<IndexEntry> read_index(const storage::ObjectReader& segment, const SegmentFacts& facts,
                                   const base::Hash128& key, const std::string& object) {
  if (segment.size() != facts.bytes) {
    fail_damaged(object, cat(segment.size() < facts.bytes ? "is cut off: " : "is too long: ", segment.size(),
                             " bytes instead of ", facts.bytes));
  }
  base::Bytes bytes;
  if (facts.bytes < footer_bytes || !read_exactly(segment, facts.bytes - footer_bytes, footer_bytes, bytes)) {
    fail_damaged(object, "is cut off");
  }
  const auto footer = decode_footer(bytes);
  if (!footer || footer->snapshot_key != key || footer->frames != facts.frames || footer->frames > most_frames ||
      footer->index_bytes != index_bytes(footer->frames) || footer->index_bytes > facts.bytes - footer_bytes ||
      footer->index_offset != facts.bytes - footer_bytes - footer->index_bytes) {
    fail_damaged(object, "has a damaged footer, or is another snapshot's");
  }
  if (!read_exactly(segment, footer->index_offset, footer->index_bytes, bytes)) {
    fail_damaged(object, "is cut off");
  }
  auto entries = decode_index(bytes);
  if (!entries || entries->size() != facts.frames) {
    fail_damaged(object, "has a damaged index");
  }
  std::uint64_t offset = 0;
  for (const auto& entry : *entries) {
    if (entry.offset != offset) {
      fail_damaged(object, "has a damaged index");
    }
    offset += header_bytes + entry.facts.stored_bytes;
  }
  if (offset != footer->index_offset) {
    fail_damaged(object, "has a damaged index");
  }
  return std::move(*entries);
}

const char* load_frame(const storage::ObjectReader& segment, const IndexEntry& entry, const base::Hash128& key,
                       std::uint64_t sequence, base::Bytes& into, bool* unknown_feature) {
  const FrameFacts& facts = entry.facts;
  if (!read_exactly(segment, entry.offset, header_bytes + facts.stored_bytes, into)) {
    return "could not be read: the segment is cut off";
  }
  const base::ByteView all(into);
  const auto header = decode_header(all.first(header_bytes), key, sequence, unknown_feature);
  if (!header || *header != facts) {
    return "are damaged: the frame's header";
  }
  return base::xxh3_128(all.subspan(header_bytes)) == facts.stored_hash
             ? nullptr
             : "are damaged: the frame's bytes do not fit their hash";
}

StoredFrames::StoredFrames(storage::ObjectStore& store, const std::string& id,
                           const std::vector<SegmentFacts>& segments, std::uint32_t page_size)
    : id_(id), key_(snapshot_key(id)) {
  std::uint64_t before = 0;
  for (const auto& facts : segments) {
    const std::string name = object_name(id, facts.name);
    auto segment = store.open(name);
    if (!segment) {
      fail_damaged(store.describe(name), "is missing");
    }
    const auto number = static_cast<std::uint32_t>(segments_.size());
    std::uint64_t sequence = 0;
    for (const auto& entry : read_index(*segment, facts, key_, store.describe(name))) {
      frames_.push_back({.segment = number, .sequence = sequence++, .before = before, .entry = entry});
      before += entry.facts.end - entry.facts.first;
    }
    names_.push_back(facts.name);
    segments_.push_back(std::move(segment));
  }
  if (page_size != 0) {
    std::ranges::sort(frames_, {}, [](const Frame& frame) { return frame.entry.facts.first; });
    require_no_gaps(page_size);
  }
}

void StoredFrames::require_no_gaps(std::uint32_t page_size) const {
  std::uint64_t next = 0;
  for (const auto& frame : frames_) {
    const FrameFacts& facts = frame.entry.facts;
    if (facts.object != 0 || facts.part != 0 || facts.first != next || facts.end == next ||
        facts.end - next > largest_frame / page_size || facts.raw_bytes != (facts.end - next) * page_size) {
      fail_damaged(cat("page ", next + 1, " of ", id_), "is missing, or stored twice");
    }
    next = facts.end;
  }
}

std::size_t StoredFrames::frame_of(std::uint64_t stored) const {
  const auto after = std::ranges::upper_bound(frames_, stored, {}, [](const Frame& f) { return f.entry.facts.first; });
  return static_cast<std::size_t>(after - frames_.begin()) - 1;
}

const char* StoredFrames::load(const Frame& frame, Scratch& scratch) const {
  bool unknown_feature = false;
  const char* problem =
      load_frame(*segments_[frame.segment], frame.entry, key_, frame.sequence, scratch.stored, &unknown_feature);
  if (unknown_feature) {
    base::fail({.code = "newer_format",
                .exit = Exit::failed,
                .message = cat(names_[frame.segment], " of ", id_, " needs a feature that this program does not know"),
                .object = id_,
                .state = "nothing was changed",
                .next = "use the dbrollback that wrote this snapshot, or a newer one"});
  }
  return problem;
}

const char* StoredFrames::check(const Frame& frame, Scratch& scratch) const {
  // A disk or a network may have had one bad moment: what is damaged is so twice.
  return load(frame, scratch) == nullptr ? nullptr : load(frame, scratch);
}

const char* StoredFrames::read(const Frame& frame, std::span<std::byte> raw, Scratch& scratch) const {
  if (const char* problem = check(frame, scratch)) {
    return problem;
  }
  const base::ByteView stored = base::ByteView(scratch.stored).subspan(header_bytes);
  return scratch.decompressor.decompress(stored, raw) && base::xxh3_128(raw) == frame.entry.facts.raw_hash
             ? nullptr
             : "are damaged: the frame's content does not fit its hash";
}

}  // namespace dbrollback::snapshot
