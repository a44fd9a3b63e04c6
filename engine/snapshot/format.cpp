#include "engine/snapshot/format.hpp"

namespace dbrollback::snapshot {

using base::Bytes;
using base::ByteView;
using base::get;
using base::Hash128;
using base::put;

namespace {

constexpr std::uint32_t skippable_magic = 0x184D2A5D;  // RFC 8878, 3.1.2: one of 0x184D2A50 to 0x184D2A5F
constexpr std::string_view frame_magic = "DBRF";
constexpr std::string_view index_magic = "DBRI";
constexpr std::string_view footer_magic = "DBRE";

void put_hash(Bytes& out, const Hash128& hash) {
  put(out, hash.low);
  put(out, hash.high);
}

Hash128 get_hash(ByteView bytes, std::size_t at) {
  return {.low = get<std::uint64_t>(bytes, at), .high = get<std::uint64_t>(bytes, at + 8)};
}

// A skippable frame around a body of `length` bytes, of which the last 8 are the XXH3 of everything before them.
void begin_frame(Bytes& out, std::size_t length, std::string_view magic) {
  out.reserve(skippable_bytes + length);
  put(out, skippable_magic);
  put(out, static_cast<std::uint32_t>(length));
  put(out, base::bytes_of(magic));
  put(out, format_version);
}

void end_frame(Bytes& out) { put(out, base::xxh3_64(out)); }

bool is_frame(ByteView bytes, std::string_view magic) {
  return bytes.size() >= skippable_bytes + 16 && get<std::uint32_t>(bytes, 0) == skippable_magic &&
         get<std::uint32_t>(bytes, 4) == bytes.size() - skippable_bytes &&
         base::text_of(bytes.subspan(skippable_bytes, 4)) == magic &&
         get<std::uint64_t>(bytes, bytes.size() - 8) == base::xxh3_64(bytes.first(bytes.size() - 8));
}

void put_range(Bytes& out, const FrameFacts& facts) {
  put(out, facts.rows);
  put(out, facts.first);
  put(out, facts.end);
  put(out, facts.raw_bytes);
  put(out, facts.stored_bytes);
  put_hash(out, facts.stored_hash);
  put_hash(out, facts.raw_hash);
}

void get_range(ByteView bytes, std::size_t at, FrameFacts& facts) {
  facts.rows = get<std::uint64_t>(bytes, at);
  facts.first = get<std::uint64_t>(bytes, at + 8);
  facts.end = get<std::uint64_t>(bytes, at + 16);
  facts.raw_bytes = get<std::uint64_t>(bytes, at + 24);
  facts.stored_bytes = get<std::uint64_t>(bytes, at + 32);
  facts.stored_hash = get_hash(bytes, at + 40);
  facts.raw_hash = get_hash(bytes, at + 56);
}

bool is_sane(const FrameFacts& facts) {
  return facts.raw_bytes <= largest_frame && facts.stored_bytes <= largest_frame && facts.first <= facts.end;
}

}  // namespace

Hash128 snapshot_key(const std::string& id) { return base::xxh3_128(base::bytes_of(id)); }

Bytes encode_header(const FrameFacts& facts, const Hash128& key, std::uint64_t sequence) {
  Bytes out;
  begin_frame(out, header_bytes - skippable_bytes, frame_magic);
  put(out, static_cast<std::uint16_t>(header_bytes - skippable_bytes));
  put(out, std::uint32_t{0});  // required features
  put(out, std::uint32_t{0});  // optional features
  put_hash(out, key);
  put(out, facts.object);
  put(out, facts.part);
  put(out, sequence);
  put(out, std::uint16_t{0});  // flags
  put(out, codec_zstd);
  put(out, hash_xxh3_128);
  put(out, std::uint32_t{0});  // key id: not encrypted
  put_range(out, facts);
  end_frame(out);
  return out;
}

std::optional<FrameFacts> decode_header(ByteView bytes, const Hash128& key, std::uint64_t sequence,
                                        bool* unknown_feature) {
  if (bytes.size() != header_bytes || !is_frame(bytes, frame_magic) ||
      get<std::uint16_t>(bytes, skippable_bytes + 6) != header_bytes - skippable_bytes) {
    return std::nullopt;
  }
  const ByteView body = bytes.subspan(skippable_bytes);
  if (get<std::uint16_t>(body, 4) != format_version || (get<std::uint32_t>(body, 8) & ~known_features) != 0 ||
      get<std::uint8_t>(body, 50) != codec_zstd || get<std::uint8_t>(body, 51) != hash_xxh3_128 ||
      get<std::uint32_t>(body, 52) != 0) {
    if (unknown_feature != nullptr) {
      *unknown_feature = true;
    }
    return std::nullopt;
  }
  FrameFacts facts;
  facts.object = get<std::uint32_t>(body, 32);
  facts.part = get<std::uint32_t>(body, 36);
  get_range(body, 56, facts);
  const bool fits = get_hash(body, 16) == key && get<std::uint64_t>(body, 40) == sequence && is_sane(facts);
  return fits ? std::optional(facts) : std::nullopt;
}

Bytes encode_index(const std::vector<IndexEntry>& entries) {
  Bytes out;
  begin_frame(out, 16 + entries.size() * index_entry_bytes + 8, index_magic);
  put(out, static_cast<std::uint16_t>(index_entry_bytes));
  put(out, static_cast<std::uint64_t>(entries.size()));
  for (const auto& entry : entries) {
    put(out, entry.offset);
    put(out, entry.facts.object);
    put(out, entry.facts.part);
    put_range(out, entry.facts);
  }
  end_frame(out);
  return out;
}

std::optional<std::vector<IndexEntry>> decode_index(ByteView bytes) {
  if (!is_frame(bytes, index_magic)) {
    return std::nullopt;
  }
  const ByteView body = bytes.subspan(skippable_bytes);
  if (body.size() < 24 || get<std::uint16_t>(body, 4) != format_version ||
      get<std::uint16_t>(body, 6) != index_entry_bytes) {
    return std::nullopt;
  }
  const std::size_t space = body.size() - 24;
  const auto count = get<std::uint64_t>(body, 8);
  if (space % index_entry_bytes != 0 || count != space / index_entry_bytes || count > most_frames) {
    return std::nullopt;
  }
  std::vector<IndexEntry> entries(count);
  std::size_t at = 16;
  for (auto& entry : entries) {
    entry.offset = get<std::uint64_t>(body, at);
    entry.facts.object = get<std::uint32_t>(body, at + 8);
    entry.facts.part = get<std::uint32_t>(body, at + 12);
    get_range(body, at + 16, entry.facts);
    if (!is_sane(entry.facts)) {
      return std::nullopt;
    }
    at += index_entry_bytes;
  }
  return entries;
}

Bytes encode_footer(const Footer& footer) {
  Bytes out;
  begin_frame(out, footer_bytes - skippable_bytes, footer_magic);
  put(out, std::uint16_t{0});
  put_hash(out, footer.snapshot_key);
  put(out, footer.index_offset);
  put(out, footer.index_bytes);
  put(out, footer.frames);
  end_frame(out);
  return out;
}

std::optional<Footer> decode_footer(ByteView bytes) {
  if (bytes.size() != footer_bytes || !is_frame(bytes, footer_magic)) {
    return std::nullopt;
  }
  const ByteView body = bytes.subspan(skippable_bytes);
  if (get<std::uint16_t>(body, 4) != format_version || get<std::uint16_t>(body, 6) != 0) {
    return std::nullopt;
  }
  return Footer{.snapshot_key = get_hash(body, 8),
                .index_offset = get<std::uint64_t>(body, 24),
                .index_bytes = get<std::uint64_t>(body, 32),
                .frames = get<std::uint64_t>(body, 40)};
}

}  // namespace dbrollback::snapshot
