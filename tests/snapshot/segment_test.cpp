// Segments from the writer to the reader, and what the verification of what is stored says when they were damaged.

#include <algorithm>

#include "engine/snapshot/pages.hpp"
#include "engine/snapshot/reader.hpp"
#include "engine/snapshot/verify_stored.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

using test::example_id;
using test::MemoryStore;

std::string segment(int number) { return object_name(example_id, "data-000" + std::to_string(number) + ".seg"); }

StoredCheck verify(storage::ObjectStore& store) {
  return verify_stored(store, example_id, [](std::uint64_t) {});
}

TEST(Segments, AreRolledAtTheSizeThatTheStoreWants) {
  MemoryStore store(2000);
  const SnapshotDetails details = test::write_example(store, 10);
  ASSERT_GT(details.segments.size(), 2U);
  std::uint64_t frames = 0;
  for (const auto& facts : details.segments) {
    const base::Bytes& bytes = store.objects().at(object_name(example_id, facts.name));
    EXPECT_EQ(facts.bytes, bytes.size());
    EXPECT_EQ(facts.hash, to_hex(base::xxh3_128(bytes)));
    frames += facts.frames;
  }
  EXPECT_EQ(frames, 10U);
  EXPECT_EQ(details.segments.front().name, "data-0000.seg");
  EXPECT_EQ(details.segments.back().name, "data-000" + std::to_string(details.segments.size() - 1) + ".seg");
}

TEST(Segments, ThatNobodyWroteToAreNone) {
  MemoryStore store;
  SegmentWriter writer(store, example_id);
  EXPECT_TRUE(writer.finish().empty());
  EXPECT_TRUE(store.objects().empty());
}

TEST(Segments, AreVisibleOnlyWhenTheyAreWhole) {
  MemoryStore store;
  SegmentWriter writer(store, example_id);
  test::append_pages(writer, 0, 4);
  EXPECT_TRUE(store.objects().empty());
  (void)writer.finish();
  EXPECT_EQ(store.objects().size(), 1U);
}

TEST(Segments, NumberBeyondFourDigits) {
  MemoryStore store(1);
  SegmentWriter writer(store, example_id);
  for (std::uint64_t i = 0; i <= 10'000; ++i) {
    writer.append(test::range(i, 1), {});
  }
  EXPECT_EQ(writer.finish().back().name, "data-10000.seg");
}

class Stored : public testing::Test {
 protected:
  Stored() : store_(2000) { details_ = test::write_example(store_, 10); }

  base::Bytes& bytes(int number) { return store_.objects().at(segment(number)); }
  ErrorInfo reading_fails() {
    return test::error_of([&] {
      const SnapshotReader reader(store_, example_id);
      SnapshotReader::Scratch scratch;
      base::Bytes raw(reader.manifest().summary.raw_bytes);
      reader.read(0, reader.manifest().page_count, raw, scratch);
    });
  }

  MemoryStore store_;
  SnapshotDetails details_;
};

TEST_F(Stored, FramesAreFoundWhateverOrderTheyWereWrittenIn) {
  const SnapshotReader reader(store_, example_id);
  const auto& frames = reader.holder(0).frames();
  ASSERT_EQ(frames.size(), 10U);
  SnapshotReader::Scratch scratch;
  std::uint64_t next = 0;
  for (const auto& frame : frames) {
    const auto& facts = frame.entry.facts;
    EXPECT_EQ(facts.first, next);
    EXPECT_EQ(reader.hash_of(facts.first, facts.end), facts.raw_hash);
    base::Bytes raw(facts.raw_bytes);
    reader.read(facts.first, facts.end, raw, scratch);
    EXPECT_EQ(raw, test::example_pages(next, 4));
    next = facts.end;
  }
  EXPECT_EQ(next, 40U);
  EXPECT_EQ(reader.hash_of(0, 3), std::nullopt);
  EXPECT_EQ(describe_pages(reader.runs(), 0, frames[1].entry.facts), "pages 5 to 8");
}

TEST_F(Stored, PagesAreReadAtAnyOffset) {
  const SnapshotReader reader(store_, example_id);
  SnapshotPages pages(reader);
  ASSERT_EQ(pages.size(), 40U * 512U);
  const base::Bytes all = test::example_pages(0, 40);
  for (const std::uint64_t offset : {0U, 1U, 511U, 512U, 2047U, 5000U, 18'000U}) {
    base::Bytes into(2480);
    pages.read(offset, into);
    EXPECT_TRUE(std::ranges::equal(into, base::ByteView(all).subspan(offset, into.size()))) << offset;
  }
}

TEST_F(Stored, SnapshotIsWhole) {
  const StoredCheck check = verify(store_);
  EXPECT_TRUE(check.damage.empty());
  EXPECT_EQ(check.frames, 10U);
  EXPECT_EQ(check.bytes, read_manifest(store_, example_id).summary.stored_bytes);
}

TEST_F(Stored, EveryFlippedByteIsFound) {
  base::Bytes& all = bytes(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] ^= std::byte{0x40};
    EXPECT_FALSE(verify(store_).damage.empty()) << i;
    all[i] ^= std::byte{0x40};
  }
}

TEST_F(Stored, EveryFlippedByteIsRefusedOnTheWayToARestore) {
  base::Bytes& all = bytes(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] ^= std::byte{0x40};
    EXPECT_EQ(reading_fails().exit, Exit::damaged) << i;
    all[i] ^= std::byte{0x40};
  }
}

TEST_F(Stored, DamageIsNamedDownToThePages) {
  bytes(0)[header_bytes + 10] ^= std::byte{1};
  const StoredCheck check = verify(store_);
  ASSERT_EQ(check.damage.size(), 1U);
  EXPECT_EQ(check.damage[0].object, "pages 5 to 8 in data-0000.seg");
  EXPECT_EQ(check.bytes, read_manifest(store_, example_id).summary.stored_bytes) << "each byte is counted once";
}

TEST_F(Stored, SegmentThatIsCutOffIsNamedWithItsLengths) {
  bytes(1).resize(100);
  const StoredCheck check = verify(store_);
  ASSERT_EQ(check.damage.size(), 1U);
  EXPECT_EQ(check.damage[0].object, "data-0001.seg");
  EXPECT_NE(check.damage[0].problem.find("is cut off: 100 bytes instead of "), std::string::npos);
  EXPECT_EQ(reading_fails().exit, Exit::damaged);
}

TEST_F(Stored, SegmentThatGrewIsDamaged) {
  bytes(1).push_back(std::byte{0});
  EXPECT_NE(verify(store_).damage.at(0).problem.find("is too long"), std::string::npos);
}

TEST_F(Stored, SegmentThatIsMissingIsNamed) {
  store_.remove(segment(1));
  EXPECT_EQ(verify(store_).damage.at(0).object, "data-0001.seg");
  EXPECT_EQ(verify(store_).damage.at(0).problem, "is missing");
  EXPECT_NE(reading_fails().message.find("data-0001.seg is missing"), std::string::npos);
}

TEST_F(Stored, SegmentsThatChangedPlacesAreRefused) {
  std::swap(bytes(0), bytes(1));
  EXPECT_FALSE(verify(store_).damage.empty());
  EXPECT_EQ(reading_fails().exit, Exit::damaged);
}

TEST_F(Stored, FileThatDoesNotBelongThereIsNamed) {
  store_.objects()[object_name(example_id, "notes.txt")] = {};
  const StoredCheck check = verify(store_);
  EXPECT_TRUE(check.damage.empty());
  ASSERT_EQ(check.beside.size(), 1U);
  EXPECT_EQ(check.beside[0].object, "snapshots/" + example_id + "/notes.txt");
}

TEST_F(Stored, ProofAndPinMayStandBeside) {
  store_.objects()[object_name(example_id, "proof.json")] = {};
  store_.objects()[object_name(example_id, "pin.json")] = {};
  EXPECT_TRUE(verify(store_).damage.empty());
}

TEST_F(Stored, SegmentOfAnotherSnapshotIsRefused) {
  SnapshotDetails details = test::example_details(40, details_.segments);
  details.summary.id = "20261120T233015Z-v1.4.2-0000";
  publish_manifest(store_, details);
  for (const auto& facts : details.segments) {
    store_.objects()[object_name(details.summary.id, facts.name)] =
        store_.objects().at(object_name(example_id, facts.name));
  }
  const ErrorInfo info = test::error_of([&] { const SnapshotReader reader(store_, details.summary.id); });
  EXPECT_NE(info.message.find("is another snapshot's"), std::string::npos) << info.message;
}

// Frames that no damage brings about: somebody wrote them, with hashes that fit.
class Forged : public testing::Test {
 protected:
  void write(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& frames, std::uint64_t pages) {
    SegmentWriter writer(store_, example_id);
    for (const auto& [first, count] : frames) {
      test::append_pages(writer, first, count);
    }
    publish_manifest(store_, test::example_details(pages, writer.finish()));
  }
  ErrorInfo opening_fails() {
    return test::error_of([&] {
      const SnapshotReader reader(store_, example_id);
      const SnapshotPages pages(reader);
    });
  }

  MemoryStore store_;
};

TEST_F(Forged, PagesThatAreStoredTwiceAreRefused) {
  write({{0, 4}, {2, 4}}, 6);
  EXPECT_EQ(opening_fails().exit, Exit::damaged);
  EXPECT_FALSE(verify(store_).damage.empty());
}

TEST_F(Forged, PagesThatAreMissingAreNamed) {
  write({{0, 2}, {4, 2}}, 6);
  EXPECT_EQ(opening_fails().message, "page 3 of " + example_id + " is missing, or stored twice");
  EXPECT_EQ(verify(store_).damage.at(0).object, "page 3 of " + example_id);
}

TEST_F(Forged, PagesBeyondTheEndAreRefused) {
  write({{0, 4}, {4, 4}}, 6);
  EXPECT_EQ(opening_fails().exit, Exit::damaged);
  EXPECT_FALSE(verify(store_).damage.empty());
}

TEST_F(Forged, RangesThatOverflowAreRefused) {
  // 2^55 pages of 512 bytes are 2^64 bytes: nothing, modulo 2^64.
  const base::Bytes raw = test::example_pages(0, 1);
  base::Bytes stored;
  base::Compressor(1).compress(raw, stored);
  SegmentWriter writer(store_, example_id);
  std::uint64_t first = 0;
  for (const std::uint64_t end : {(1ULL << 55U) + 1, (1ULL << 56U) + 2}) {
    FrameFacts facts;
    facts.first = first;
    facts.end = end;
    facts.raw_bytes = raw.size();
    facts.raw_hash = base::xxh3_128(raw);
    facts.stored_bytes = stored.size();
    facts.stored_hash = base::xxh3_128(stored);
    writer.append(facts, stored);
    first = end;
  }
  publish_manifest(store_, test::example_details(2, writer.finish()));
  EXPECT_EQ(opening_fails().exit, Exit::damaged);
  EXPECT_FALSE(verify(store_).damage.empty());
}

TEST_F(Forged, FrameThatDecompressesToSomethingElseIsRefused) {
  const base::Bytes raw = test::example_pages(0, 4);
  base::Bytes stored;
  base::Compressor(1).compress(raw, stored);
  SegmentWriter writer(store_, example_id);
  FrameFacts facts = test::range(0, 4);
  facts.raw_bytes = raw.size();
  facts.raw_hash = base::xxh3_128(test::example_pages(1, 4));
  facts.stored_bytes = stored.size();
  facts.stored_hash = base::xxh3_128(stored);
  writer.append(facts, stored);
  publish_manifest(store_, test::example_details(4, writer.finish()));
  const SnapshotReader reader(store_, example_id);
  SnapshotPages pages(reader);
  base::Bytes into(512);
  EXPECT_EQ(test::error_of([&] { pages.read(0, into); }).exit, Exit::damaged);
}

}  // namespace
}  // namespace dbrollback::snapshot
