#include "engine/compare/row_match.hpp"

#include <gtest/gtest.h>

#include <span>

namespace dbrollback::compare {
namespace {

base::Hash128 hash_of(std::uint64_t number) { return base::xxh3_128(std::as_bytes(std::span(&number, 1))); }

void add(RowMatch& match, Side side, std::uint64_t key, std::uint64_t value) {
  match.add(side, hash_of(key), hash_of(value));
}

void expect(RowMatch& match, std::uint64_t added, std::uint64_t removed, std::uint64_t changed) {
  const auto found = match.finish();
  EXPECT_EQ(found.added, added);
  EXPECT_EQ(found.removed, removed);
  EXPECT_EQ(found.changed, changed);
}

TEST(RowMatch, OfNothing) {
  RowMatch match(0);
  expect(match, 0, 0, 0);
}

TEST(RowMatch, FindsRowsByTheirKeys) {
  RowMatch match(6);
  add(match, Side::b, 1, 10);
  add(match, Side::a, 2, 20);
  add(match, Side::a, 1, 10);
  add(match, Side::b, 2, 21);
  add(match, Side::a, 3, 30);
  add(match, Side::b, 4, 30);
  add(match, Side::b, 5, 30);
  expect(match, 2, 1, 1);
}

TEST(RowMatch, CountsRowsThatAreThereMoreThanOnce) {
  RowMatch match(9);
  for (int i = 0; i < 5; ++i) {
    add(match, Side::a, 7, 0);
  }
  for (int i = 0; i < 3; ++i) {
    add(match, Side::b, 7, 0);
  }
  add(match, Side::b, 8, 0);
  expect(match, 1, 2, 0);
}

TEST(RowMatch, PairsWhatIsLeftOfOneKey) {
  RowMatch match(5);
  add(match, Side::a, 1, 10);
  add(match, Side::a, 1, 11);
  add(match, Side::b, 1, 11);
  add(match, Side::b, 1, 12);
  add(match, Side::b, 1, 13);
  expect(match, 1, 0, 1);
}

// Each partition is written out many times.
TEST(RowMatch, OfMoreRowsThanFitIntoMemory) {
  constexpr std::uint64_t rows = 50000;
  RowMatch match(2 * rows, rows / 3);
  for (std::uint64_t i = 0; i < rows; ++i) {
    add(match, Side::a, i, i);
    add(match, Side::b, rows - i, rows - i + (i % 1000 == 0 ? rows : 0));
  }
  expect(match, 1, 1, 49);
}

}  // namespace
}  // namespace dbrollback::compare
