// Frame headers, indexes and footers on their own: what a decoder takes survives being written and read again.
#include "engine/snapshot/format.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using base::Bytes;
using base::ByteView;
using fuzz::require;

base::Hash128 hash_at(const Bytes& bytes, std::size_t at) {
  return {.low = base::get<std::uint64_t>(bytes, at), .high = base::get<std::uint64_t>(bytes, at + 8)};
}

// Without this, no changed byte would ever get past a checksum.
void fix_checksum(Bytes& bytes) {
  const std::size_t end = bytes.size() - 8;
  const std::uint64_t hash = base::xxh3_64(ByteView(bytes).first(end));
  std::memcpy(bytes.data() + end, &hash, sizeof hash);
}

void check_header(const Bytes& bytes) {
  if (bytes.size() != snapshot::header_bytes) {
    return;
  }
  const base::Hash128 key = hash_at(bytes, 24);
  const auto sequence = base::get<std::uint64_t>(bytes, 48);
  bool unknown_feature = false;
  const auto facts = snapshot::decode_header(bytes, key, sequence, &unknown_feature);
  require(!facts || !unknown_feature, "a header with an unknown feature is not read");
  if (facts) {
    require(snapshot::decode_header(snapshot::encode_header(*facts, key, sequence), key, sequence) == facts,
            "a header survives being written");
    require(!snapshot::decode_header(bytes, key, sequence + 1), "a header stands in one place only");
    require(!snapshot::decode_header(bytes, {.low = key.low ^ 1U, .high = key.high}, sequence),
            "a header belongs to one snapshot only");
  }
}

void check_index(const Bytes& bytes) {
  const auto entries = snapshot::decode_index(bytes);
  if (entries) {
    require(bytes.size() == snapshot::index_bytes(entries->size()), "an index is as long as its entries");
    require(snapshot::encode_index(*entries) == bytes, "an index survives being written");
  }
}

void check_footer(const Bytes& bytes) {
  const auto footer = snapshot::decode_footer(bytes);
  if (footer) {
    const auto again = snapshot::decode_footer(snapshot::encode_footer(*footer));
    require(again && again->snapshot_key == footer->snapshot_key && again->index_offset == footer->index_offset &&
                again->index_bytes == footer->index_bytes && again->frames == footer->frames,
            "a footer survives being written");
  }
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dbrollback::fuzz::Input input(data, size);
  const bool fixed = input.byte() % 8 != 0;
  dbrollback::base::Bytes bytes;
  dbrollback::base::put(bytes, dbrollback::base::bytes_of(input.rest()));
  if (fixed && bytes.size() >= 8) {
    dbrollback::fix_checksum(bytes);
  }
  dbrollback::check_header(bytes);
  dbrollback::check_index(bytes);
  dbrollback::check_footer(bytes);
  return 0;
}
