// The expected values are what `xxhsum -H2` and `xxhsum -H3` print for these inputs.
#include "engine/base/hash.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace dbrollback::base {
namespace {

// Bytes 0 to 255, sixteen times: long enough for XXH3's loop over stripes.
Bytes long_input() {
  Bytes bytes(4096);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i % 256);
  }
  return bytes;
}

TEST(Xxh3, GivesTheKnownHashesOf128Bits) {
  EXPECT_EQ(to_hex(xxh3_128({})), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(to_hex(xxh3_128(bytes_of("a"))), "a96faf705af16834e6c632b61e964e1f");
  EXPECT_EQ(to_hex(xxh3_128(bytes_of("abc"))), "06b05ab6733a618578af5f94892f3950");
  EXPECT_EQ(to_hex(xxh3_128(bytes_of("dbrollback"))), "c21c1aaf10790df0f623a975b4a665b2");
  EXPECT_EQ(to_hex(xxh3_128(long_input())), "03916578969f7a66eb4b7c3707879151");
}

TEST(Xxh3, GivesTheKnownHashesOf64Bits) {
  EXPECT_EQ(xxh3_64({}), 0x2d06800538d394c2U);
  EXPECT_EQ(xxh3_64(bytes_of("abc")), 0x78af5f94892f3950U);
  EXPECT_EQ(xxh3_64(long_input()), 0xeb4b7c3707879151U);
}

TEST(Xxh3, IsTheSameWhateverThePieces) {
  const Bytes bytes = long_input();
  for (const std::size_t piece : {1U, 7U, 64U, 1000U, 4096U}) {
    Hasher hasher;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hasher.update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(hasher.digest(), xxh3_128(bytes)) << "in pieces of " << piece;
  }
}

TEST(HashText, IsTheMostSignificantDigitFirst) {
  EXPECT_EQ(to_hex({.low = 0x0123456789abcdef, .high = 0xfedcba9876543210}), "fedcba98765432100123456789abcdef");
  EXPECT_EQ(to_hex({.low = 1, .high = 0}), "00000000000000000000000000000001");
}

TEST(HashText, GoesThereAndBack) {
  const Hash128 hash = xxh3_128(bytes_of("there and back"));
  EXPECT_EQ(hash_from_hex(to_hex(hash)), hash);
}

TEST(HashText, IsRefusedWhenItIsAnythingElse) {
  EXPECT_FALSE(hash_from_hex(""));
  EXPECT_FALSE(hash_from_hex("99aa06d3014798d86001c324468d497"));
  EXPECT_FALSE(hash_from_hex("99aa06d3014798d86001c324468d497f0"));
  EXPECT_FALSE(hash_from_hex("99AA06D3014798D86001C324468D497F"));
  EXPECT_FALSE(hash_from_hex("99aa06d3014798d86001c324468d497g"));
  EXPECT_FALSE(hash_from_hex("-9aa06d3014798d86001c324468d497f"));
}

TEST(HashSum, CarriesIntoTheHighHalf) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Hash128 sum{.low = most, .high = 1};
  sum += {.low = 1, .high = 2};
  EXPECT_EQ(sum, (Hash128{.low = 0, .high = 4}));
}

TEST(HashSum, IsModuloTwoToThe128) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Hash128 sum{.low = most, .high = most};
  sum += {.low = 1, .high = 0};
  EXPECT_EQ(sum, Hash128{});
  sum += {.low = most, .high = most};
  sum += {.low = most, .high = most};
  EXPECT_EQ(sum, (Hash128{.low = most - 1, .high = most}));
}

}  // namespace
}  // namespace dbrollback::base
