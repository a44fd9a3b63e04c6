// A segment under a manifest that fits it, read in every way that there is.
//
// Most inputs are a list of frames, right or wrong in a field here and there, which the encoders turn into a segment
// whose checksums fit; the others are a segment as it stands. What is left of an input changes single bytes.
#include <memory>
#include <optional>

#include "engine/base/compress.hpp"
#include "engine/snapshot/pages.hpp"
#include "engine/snapshot/verify_stored.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/memory_store.hpp"

namespace dbrollback {
namespace {

using base::Bytes;
using fuzz::Input;
using fuzz::require;
using fuzz::succeeds;

const std::string id = "20261121T033253Z-v1.4.2-448d";  // of the golden snapshot whose segment is in the corpus
constexpr std::size_t most_frames = 16;
constexpr std::uint64_t largest_frame_read = 1ULL << 20U;  // larger ones are only slower

struct Segment {
  Bytes bytes;
  std::uint64_t frames = 0;
  std::uint64_t pages = 0;
};

// One frame, from a byte that says what is wrong with it.
snapshot::FrameFacts frame_of(Input& input, std::uint64_t next, Bytes& stored) {
  const unsigned wrong = input.byte();
  const std::uint64_t pages = wrong & 3U;
  const Bytes raw = test::example_pages(next, pages);
  static base::Compressor compressor(1);
  compressor.compress(raw, stored);
  snapshot::FrameFacts facts = test::range(next, pages);
  facts.raw_bytes = raw.size();
  if ((wrong & 4U) != 0) {
    facts.first = input.number<std::uint64_t>();
  }
  if ((wrong & 8U) != 0) {
    facts.end = input.number<std::uint64_t>();
  }
  if ((wrong & 16U) != 0) {
    facts.raw_bytes = input.number<std::uint32_t>();
  }
  if ((wrong & 32U) != 0) {
    facts.object = input.byte();
    facts.part = input.byte();
    facts.rows = input.number<std::uint64_t>();
  }
  if ((wrong & 64U) != 0 && !stored.empty()) {
    stored[input.byte() % stored.size()] ^= std::byte{input.byte()};
  }
  facts.stored_bytes = (wrong & 128U) != 0 ? input.number<std::uint64_t>() : stored.size();
  facts.raw_hash = base::xxh3_128(raw);
  facts.stored_hash = base::xxh3_128(stored);
  return facts;
}

Segment segment_of_frames(Input& input) {
  const base::Hash128 key = snapshot::snapshot_key(id);
  Segment out;
  std::vector<snapshot::IndexEntry> entries;
  std::uint64_t offset = 0;  // as a reader adds up
  const std::size_t count = input.byte() % most_frames;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes stored;
    const auto facts = frame_of(input, out.pages, stored);
    base::put(out.bytes, snapshot::encode_header(facts, key, i));
    base::put(out.bytes, stored);
    entries.push_back({.offset = offset, .facts = facts});
    offset += snapshot::header_bytes + facts.stored_bytes;
    out.pages = facts.end;
  }
  const Bytes index = snapshot::encode_index(entries);
  const std::uint64_t index_offset = out.bytes.size();
  base::put(out.bytes, index);
  base::put(
      out.bytes,
      snapshot::encode_footer(
          {.snapshot_key = key, .index_offset = index_offset, .index_bytes = index.size(), .frames = entries.size()}));
  out.frames = entries.size();
  while (!input.empty()) {
    const std::size_t at = input.number<std::uint16_t>() % out.bytes.size();
    out.bytes[at] ^= std::byte{input.byte()};
  }
  return out;
}

Segment segment_as_it_stands(Input& input) {
  Segment out;
  out.pages = input.byte();
  base::put(out.bytes, base::bytes_of(input.rest()));
  const std::size_t size = out.bytes.size();
  const auto footer = size < snapshot::footer_bytes
                          ? std::nullopt
                          : snapshot::decode_footer(base::ByteView(out.bytes).last(snapshot::footer_bytes));
  out.frames = footer ? footer->frames : 1;
  return out;
}

// Every byte through `pages`, in pieces that fit neither a page nor a frame.
void read_pages(snapshot::SnapshotPages& pages) {
  Bytes piece(700);
  for (std::uint64_t offset = 0; offset < pages.size(); offset += piece.size()) {
    piece.resize(std::min<std::uint64_t>(piece.size(), pages.size() - offset));
    pages.read(offset, piece);
  }
}

void read_frames(const snapshot::StoredFrames& stored) {
  Bytes raw;
  snapshot::StoredFrames::Scratch scratch;
  for (const auto& frame : stored.frames()) {
    const snapshot::FrameFacts& facts = frame.entry.facts;
    require(facts.raw_bytes <= snapshot::largest_frame && facts.stored_bytes <= snapshot::largest_frame,
            "no frame is larger than a frame may be");
    if (facts.raw_bytes > largest_frame_read) {
      continue;
    }
    raw.resize(facts.raw_bytes);
    const char* problem = nullptr;
    if (succeeds([&] { problem = stored.read(frame, raw, scratch); }) && problem == nullptr) {
      require(base::xxh3_128(raw) == facts.raw_hash, "a frame is what its header says");
    }
  }
}

void read_in_every_way(test::MemoryStore& store) {
  snapshot::StoredCheck check;
  require(succeeds([&] { check = snapshot::verify_stored(store, id, [](std::uint64_t) {}); }),
          "damage of a segment is a finding, not an error");
  for (const auto& finding : check.damage) {
    require(fuzz::fits_a_terminal(finding.object) && fuzz::fits_a_terminal(finding.problem),
            "a finding fits a terminal");
  }
  std::optional<snapshot::SnapshotReader> reader;
  const bool opened = succeeds([&] { reader.emplace(store, id); });
  if (opened) {
    read_frames(reader->holder(0));
    snapshot::SnapshotPages pages(*reader);
    (void)succeeds([&] { read_pages(pages); });
  }
  require(opened || !check.damage.empty(), "what verification at the level stored passes can be opened");
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  fuzz::Input input(data, size);
  const unsigned kind = input.byte();
  const Segment segment = kind % 8 == 0 ? segment_as_it_stands(input) : segment_of_frames(input);
  const auto pages = segment.pages % 0x10000;
  test::MemoryStore store;
  std::vector<SegmentFacts> segments;
  for (const char* name : {"data-0000.seg", "data-0001.seg"}) {
    if (segments.empty() || (kind & 64U) != 0) {  // the same pages twice
      storage::write_object(store, snapshot::object_name(id, name), segment.bytes);
      segments.push_back({.name = name,
                          .bytes = segment.bytes.size(),
                          .frames = segment.frames,
                          .hash = to_hex(base::xxh3_128(segment.bytes))});
    }
  }
  SnapshotDetails details = test::example_details(pages, segments);
  details.summary.id = id;
  details.tables.clear();  // manifest_fuzz.cpp has those; here they are only slow
  details.checks.clear();
  details.left_out.clear();
  snapshot::publish_manifest(store, details);
  read_in_every_way(store);
  return 0;
}
