#include "engine/snapshot/format.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace dbrollback::snapshot {
namespace {

using base::Bytes;
using base::get;

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
const base::Hash128 key = snapshot_key("20261120T233015Z-v1.4.2-7f3a");

FrameFacts example() {
  return {.object = 3,
          .part = 5,
          .first = 256,
          .end = 512,
          .rows = 256,
          .raw_bytes = 1U << 20U,
          .stored_bytes = 123'456,
          .stored_hash = {.low = 1, .high = 2},
          .raw_hash = {.low = 3, .high = 4}};
}

Bytes example_index() {
  return encode_index({{.offset = 0, .facts = example()}, {.offset = 123'600, .facts = example()}});
}

Bytes example_footer() {
  return encode_footer({.snapshot_key = key, .index_offset = 1000, .index_bytes = 208, .frames = 2});
}

// Puts `value` where `at` says and makes the checksum fit again: what somebody does who forges.
template <class T>
Bytes forged(Bytes bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  const std::uint64_t sum = base::xxh3_64(base::ByteView(bytes).first(bytes.size() - 8));
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, sizeof sum);
  return bytes;
}

void every_flipped_bit_is_found(const Bytes& bytes, const std::function<bool(const Bytes&)>& accepted) {
  ASSERT_TRUE(accepted(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes;
      changed[i] ^= static_cast<std::byte>(1U << bit);
      EXPECT_FALSE(accepted(changed)) << "byte " << i << ", bit " << bit;
    }
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(accepted(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(accepted(longer));
}

TEST(FrameHeader, HasItsFieldsWhereTheSpecificationPutsThem) {
  const Bytes bytes = encode_header(example(), key, 7);
  ASSERT_EQ(bytes.size(), 144U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 0), 0x184D2A5DU);
  EXPECT_EQ(get<std::uint32_t>(bytes, 4), 136U);
  EXPECT_EQ(base::text_of(base::ByteView(bytes).subspan(8, 4)), "DBRF");
  EXPECT_EQ(get<std::uint16_t>(bytes, 12), 1U);
  EXPECT_EQ(get<std::uint16_t>(bytes, 14), 136U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 16), 0U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 20), 0U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 24), key.low);
  EXPECT_EQ(get<std::uint64_t>(bytes, 32), key.high);
  EXPECT_EQ(get<std::uint32_t>(bytes, 40), 3U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 44), 5U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 48), 7U);
  EXPECT_EQ(get<std::uint16_t>(bytes, 56), 0U);
  EXPECT_EQ(get<std::uint8_t>(bytes, 58), 1U);
  EXPECT_EQ(get<std::uint8_t>(bytes, 59), 1U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 60), 0U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 64), 256U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 72), 256U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 80), 512U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 88), 1U << 20U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 96), 123'456U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 104), 1U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 112), 2U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 120), 3U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 128), 4U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 136), base::xxh3_64(base::ByteView(bytes).first(136)));
}

TEST(FrameHeader, GoesThereAndBack) {
  EXPECT_EQ(decode_header(encode_header(example(), key, 7), key, 7), example());
  const FrameFacts empty;
  EXPECT_EQ(decode_header(encode_header(empty, key, 0), key, 0), empty);
}

TEST(FrameHeader, IsRefusedWithAnyFlippedBit) {
  every_flipped_bit_is_found(encode_header(example(), key, 7),
                             [](const Bytes& bytes) { return decode_header(bytes, key, 7).has_value(); });
}

TEST(FrameHeader, OfAnotherSnapshotOrPlaceIsRefused) {
  const Bytes bytes = encode_header(example(), key, 7);
  EXPECT_FALSE(decode_header(bytes, snapshot_key("20261120T233015Z-v1.4.2-7f3b"), 7));
  EXPECT_FALSE(decode_header(bytes, key, 6));
}

TEST(FrameHeader, WithHostileLengthsIsRefused) {
  const Bytes bytes = encode_header(example(), key, 7);
  EXPECT_TRUE(decode_header(forged(bytes, 88, largest_frame), key, 7));
  EXPECT_FALSE(decode_header(forged(bytes, 88, largest_frame + 1), key, 7));
  EXPECT_FALSE(decode_header(forged(bytes, 96, largest_frame + 1), key, 7));
  EXPECT_FALSE(decode_header(forged(bytes, 88, most), key, 7));
  EXPECT_FALSE(decode_header(forged(bytes, 72, std::uint64_t{513}), key, 7)) << "it begins after its end";
}

TEST(FrameHeader, OfANewerFormatIsToldFromDamage) {
  const Bytes bytes = encode_header(example(), key, 7);
  const auto is_newer = [](const Bytes& header) {
    bool newer = false;
    EXPECT_FALSE(decode_header(header, key, 7, &newer));
    return newer;
  };
  EXPECT_TRUE(is_newer(forged(bytes, 12, std::uint16_t{2}))) << "version";
  EXPECT_TRUE(is_newer(forged(bytes, 16, std::uint32_t{1}))) << "a required feature";
  EXPECT_TRUE(is_newer(forged(bytes, 58, std::uint8_t{2}))) << "codec";
  EXPECT_TRUE(is_newer(forged(bytes, 59, std::uint8_t{2}))) << "hash algorithm";
  EXPECT_TRUE(is_newer(forged(bytes, 60, std::uint32_t{1}))) << "encrypted";
  Bytes damaged = bytes;
  damaged[12] ^= std::byte{3};
  EXPECT_FALSE(is_newer(damaged));
}

TEST(FrameHeader, MayHaveOptionalFeaturesThatNobodyHereKnows) {
  EXPECT_TRUE(decode_header(forged(encode_header(example(), key, 7), 20, std::uint32_t{0x80000001}), key, 7));
}

TEST(SegmentIndex, GoesThereAndBack) {
  const auto entries = decode_index(example_index());
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[1].offset, 123'600U);
  EXPECT_EQ((*entries)[1].facts, example());
  EXPECT_EQ(example_index().size(), index_bytes(2));
}

TEST(SegmentIndex, MayBeEmpty) {
  const Bytes bytes = encode_index({});
  EXPECT_EQ(bytes.size(), index_bytes(0));
  ASSERT_TRUE(decode_index(bytes));
  EXPECT_TRUE(decode_index(bytes)->empty());
}

TEST(SegmentIndex, IsRefusedWithAnyFlippedBit) {
  every_flipped_bit_is_found(example_index(), [](const Bytes& bytes) { return decode_index(bytes).has_value(); });
}

TEST(SegmentIndex, WithAHostileCountIsRefused) {
  for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, most, most / 88 + 1}) {
    EXPECT_FALSE(decode_index(forged(example_index(), 16, count))) << count;
  }
  EXPECT_FALSE(decode_index(forged(example_index(), 14, std::uint16_t{0}))) << "entries of no size";
  EXPECT_FALSE(decode_index(forged(example_index(), 14, std::uint16_t{44})));
  EXPECT_FALSE(decode_index(forged(example_index(), 12, std::uint16_t{2}))) << "another version";
  EXPECT_FALSE(decode_index(forged(example_index(), 24 + 16 + 24, largest_frame + 1))) << "a frame too large";
}

TEST(SegmentIndex, ThatIsTooShortForItsOwnFieldsIsRefused) {
  Bytes bytes;
  base::put(bytes, std::uint32_t{0x184D2A5D});
  base::put(bytes, std::uint32_t{16});
  base::put(bytes, base::bytes_of("DBRI"));
  base::put(bytes, std::uint32_t{1});
  base::put(bytes, base::xxh3_64(bytes));
  EXPECT_FALSE(decode_index(bytes));
}

TEST(SegmentIndex, HoldsNoMoreFramesThanASegmentMay) {
  EXPECT_TRUE(decode_index(encode_index(std::vector<IndexEntry>(most_frames))));
  EXPECT_FALSE(decode_index(encode_index(std::vector<IndexEntry>(most_frames + 1))));
}

TEST(SegmentFooter, HasItsFieldsWhereTheSpecificationPutsThem) {
  const Bytes bytes = example_footer();
  ASSERT_EQ(bytes.size(), 64U);
  EXPECT_EQ(get<std::uint32_t>(bytes, 0), 0x184D2A5DU);
  EXPECT_EQ(get<std::uint32_t>(bytes, 4), 56U);
  EXPECT_EQ(base::text_of(base::ByteView(bytes).subspan(8, 4)), "DBRE");
  EXPECT_EQ(get<std::uint16_t>(bytes, 12), 1U);
  EXPECT_EQ(get<std::uint16_t>(bytes, 14), 0U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 16), key.low);
  EXPECT_EQ(get<std::uint64_t>(bytes, 24), key.high);
  EXPECT_EQ(get<std::uint64_t>(bytes, 32), 1000U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 40), 208U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 48), 2U);
  EXPECT_EQ(get<std::uint64_t>(bytes, 56), base::xxh3_64(base::ByteView(bytes).first(56)));
}

TEST(SegmentFooter, GoesThereAndBack) {
  const auto footer = decode_footer(example_footer());
  ASSERT_TRUE(footer);
  EXPECT_EQ(footer->snapshot_key, key);
  EXPECT_EQ(footer->index_offset, 1000U);
  EXPECT_EQ(footer->index_bytes, 208U);
  EXPECT_EQ(footer->frames, 2U);
}

TEST(SegmentFooter, IsRefusedWithAnyFlippedBit) {
  every_flipped_bit_is_found(example_footer(), [](const Bytes& bytes) { return decode_footer(bytes).has_value(); });
}

TEST(SegmentFooter, IsNeitherAnIndexNorAHeader) {
  EXPECT_FALSE(decode_index(example_footer()));
  EXPECT_FALSE(decode_footer(encode_index({})));
  EXPECT_FALSE(decode_header(example_footer(), key, 0));
}

}  // namespace
}  // namespace dbrollback::snapshot
