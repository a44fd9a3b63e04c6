#include "engine/snapshot/reader.hpp"

#include <algorithm>
#include <tuple>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;

namespace {

[[noreturn]] void damaged(const std::string& object, const std::string& problem) {
  base::fail(
      {.code = "damaged_segment",
       .exit = Exit::damaged,
       .message = cat(object, " ", problem),
       .object = object,
       .state = "nothing was restored or changed",
       .next = "use another snapshot: `dbrollback list` shows them; `dbrollback verify --all` finds what is whole"});
}

// Exactly `size` bytes at `offset`, or nothing.
bool read_exactly(const storage::ObjectReader& segment, std::uint64_t offset, std::uint64_t size, base::Bytes& into) {
  into.resize(size);
  return segment.read_at(offset, into) == size;
}

}  // namespace

std::vector<IndexEntry> read_index(const storage::ObjectReader& segment, const SegmentFacts& facts,
                                   const base::Hash128& key, const std::string& object) {
  if (segment.size() != facts.bytes) {
    damaged(object, cat(segment.size() < facts.bytes ? "is cut off: " : "is too long: ", segment.size(),
                        " bytes instead of ", facts.bytes));
  }
  base::Bytes bytes;
  if (facts.bytes < footer_bytes || !read_exactly(segment, facts.bytes - footer_bytes, footer_bytes, bytes)) {
    damaged(object, "is cut off");
  }
  const auto footer = decode_footer(bytes);
  if (!footer || footer->snapshot_key != key || footer->frames != facts.frames || footer->frames > most_frames ||
      footer->index_bytes != index_bytes(footer->frames) || footer->index_bytes > facts.bytes - footer_bytes ||
      footer->index_offset != facts.bytes - footer_bytes - footer->index_bytes) {
    damaged(object, "has a damaged footer, or is another snapshot's");
  }
  if (!read_exactly(segment, footer->index_offset, footer->index_bytes, bytes)) {
    damaged(object, "is cut off");
  }
  auto entries = decode_index(bytes);
  if (!entries || entries->size() != facts.frames) {
    damaged(object, "has a damaged index");
  }
  std::uint64_t offset = 0;
  for (const auto& entry : *entries) {
    if (entry.offset != offset) {
      damaged(object, "has a damaged index");
    }
    offset += header_bytes + entry.facts.stored_bytes;
  }
  if (offset != footer->index_offset) {
    damaged(object, "has a damaged index");
  }
  return std::move(*entries);
}

SnapshotReader::SnapshotReader(storage::ObjectStore& store, const std::string& id)
    : manifest_(read_manifest(store, id)), key_(snapshot_key(id)) {
  for (const auto& segment : manifest_.segments) {
    const std::string name = object_name(id, segment.name);
    auto reader = store.open(name);
    if (!reader) {
      damaged(store.describe(name), "is missing");
    }
    const auto number = static_cast<std::uint32_t>(segments_.size());
    std::uint64_t sequence = 0;
    for (const auto& entry : read_index(*reader, segment, key_, store.describe(name))) {
      frames_.push_back({.segment = number, .sequence = sequence++, .entry = entry});
    }
    segments_.push_back(std::move(reader));
  }
  std::ranges::sort(frames_, {}, [](const Frame& frame) {
    return std::tuple(frame.entry.facts.object, frame.entry.facts.part, frame.entry.facts.first);
  });
}

void SnapshotReader::read(const Frame& frame, base::Bytes& raw, base::Bytes& scratch,
                          base::Decompressor& decompressor) const {
  const auto& segment = *segments_[frame.segment];
  const FrameFacts& facts = frame.entry.facts;
  if (!read_exactly(segment, frame.entry.offset, header_bytes + facts.stored_bytes, scratch)) {
    damaged(describe(frame), "could not be read: the segment is cut off");
  }
  const base::ByteView all(scratch);
  bool unknown_feature = false;
  const auto header = decode_header(all.first(header_bytes), key_, frame.sequence, &unknown_feature);
  if (unknown_feature) {
    base::fail({.code = "newer_format",
                .exit = Exit::failed,
                .message = cat(describe(frame), " needs a feature that this program does not know"),
                .object = describe(frame),
                .state = "nothing was changed",
                .next = "use the dbrollback that wrote this snapshot, or a newer one"});
  }
  if (!header || *header != facts) {
    damaged(describe(frame), "are damaged: the frame's header");
  }
  const base::ByteView stored = all.subspan(header_bytes);
  raw.resize(facts.raw_bytes);
  if (base::xxh3_128(stored) != facts.stored_hash || !decompressor.decompress(stored, raw) ||
      base::xxh3_128(raw) != facts.raw_hash) {
    damaged(describe(frame), "are damaged: the frame's bytes do not fit their hash");
  }
}

std::string SnapshotReader::describe(const Frame& frame) const {
  const FrameFacts& facts = frame.entry.facts;
  return cat("pages ", facts.first + 1, " to ", facts.end, " in ", manifest_.segments[frame.segment].name, " of ",
             manifest_.summary.id);
}

}  // namespace dbrollback::snapshot
