// Snapshot format, version 1: frames, indexes and footers of a segment. docs/format.md is the specification.
//
// Numbers in this file are on people's disks: never renumber, only add.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.hpp"
#include "engine/base/hash.hpp"

namespace dbrollback::snapshot {

constexpr std::uint16_t format_version = 1;

// Bits of `required` that this program understands. A reader that meets another one stops.
constexpr std::uint32_t known_features = 0;

constexpr std::uint8_t codec_zstd = 1;
constexpr std::uint8_t hash_xxh3_128 = 1;

constexpr std::size_t skippable_bytes = 8;  // zstd's own header of a skippable frame: magic and length
constexpr std::size_t header_bytes = skippable_bytes + 136;
constexpr std::size_t index_entry_bytes = 88;
constexpr std::size_t footer_bytes = skippable_bytes + 56;
[[nodiscard]] constexpr std::uint64_t index_bytes(std::uint64_t frames) {
  return skippable_bytes + 16 + frames * index_entry_bytes + 8;
}

// No frame is larger, raw or stored: what a reader allocates for one is bounded whatever a file says.
constexpr std::uint64_t largest_frame = 64ULL << 20U;
// No segment has more frames: its index is bounded too.
constexpr std::uint64_t most_frames = 1ULL << 16U;

// What a frame holds. For SQLite: object 0, part 0, pages [first, end) counted from 0, rows = end - first. For
// PostgreSQL: rows of the manifest's table number `object`, counted from 1, in its blocks [first, end);
// `rows` are those that end in it.
struct FrameFacts {
  std::uint32_t object = 0;
  std::uint32_t part = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t rows = 0;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  base::Hash128 stored_hash;
  base::Hash128 raw_hash;

  friend bool operator==(const FrameFacts&, const FrameFacts&) = default;
};

struct IndexEntry {
  std::uint64_t offset = 0;  // of the frame's header in its segment
  FrameFacts facts;
};

struct Footer {
  base::Hash128 snapshot_key;
  std::uint64_t index_offset = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t frames = 0;
};

// Names a snapshot in headers: XXH3-128 of its id.
[[nodiscard]] base::Hash128 snapshot_key(const std::string& id);

[[nodiscard]] base::Bytes encode_header(const FrameFacts& facts, const base::Hash128& key, std::uint64_t sequence);
[[nodiscard]] base::Bytes encode_index(const std::vector<IndexEntry>& entries);
[[nodiscard]] base::Bytes encode_footer(const Footer& footer);

// Each decoder returns nothing for bytes that are not what the encoder writes. `unknown_feature`, when given, tells an
// intact header of a newer format from damage.
[[nodiscard]] std::optional<FrameFacts> decode_header(base::ByteView bytes, const base::Hash128& key,
                                                      std::uint64_t sequence, bool* unknown_feature = nullptr);
[[nodiscard]] std::optional<std::vector<IndexEntry>> decode_index(base::ByteView bytes);
[[nodiscard]] std::optional<Footer> decode_footer(base::ByteView bytes);

}  // namespace dbrollback::snapshot
