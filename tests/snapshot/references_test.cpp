// Snapshots that refer to earlier ones for the pages that have not changed.

#include <algorithm>

#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/pages.hpp"
#include "engine/snapshot/verify_stored.hpp"
#include "tests/snapshot/captured.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

using test::Captured;
using test::fill;

std::uint64_t own_pages(Captured& captured, const std::string& id) {
  return SnapshotReader(captured.store, id).holder(0).pages();
}

std::vector<Finding> damage(Captured& captured, const std::string& id) {
  return verify_stored(captured.store, id, [](std::uint64_t) {}).damage;
}

TEST(References, AnUnchangedDatabaseStoresNoPage) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  const SnapshotDetails second = captured.take(first.summary.id);
  EXPECT_TRUE(second.segments.empty());
  EXPECT_EQ(second.summary.parent, first.summary.id);
  EXPECT_EQ(second.summary.holders, (std::vector<std::string>{first.summary.id}));
  EXPECT_EQ(second.holders.at(0).pages, second.page_count);
  EXPECT_EQ(second.tables.at(0).rows, first.tables.at(0).rows);
  EXPECT_LT(second.summary.stored_bytes, 100U);
  EXPECT_EQ(captured.pages_of(second.summary.id), captured.pages_of(first.summary.id));
  EXPECT_TRUE(damage(captured, second.summary.id).empty());
}

TEST(References, OnlyWhatChangedIsStored) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  captured.sql("UPDATE t SET v = 'other' WHERE id IN (17, 900)");
  const SnapshotDetails second = captured.take(first.summary.id);
  EXPECT_LE(own_pages(captured, second.summary.id), 4U);
  const SnapshotDetails full = captured.take();
  EXPECT_EQ(captured.pages_of(second.summary.id), captured.pages_of(full.summary.id));
  EXPECT_NE(captured.pages_of(second.summary.id), captured.pages_of(first.summary.id));
  EXPECT_TRUE(damage(captured, second.summary.id).empty());
}

TEST(References, AReferenceNamesTheOriginalHolder) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  captured.sql("UPDATE t SET v = 'second' WHERE id = 17");
  const SnapshotDetails second = captured.take(first.summary.id);
  const SnapshotDetails third = captured.take(second.summary.id);
  EXPECT_TRUE(third.segments.empty());
  EXPECT_EQ(third.holders.size(), 2U);
  // Nothing of `second` but its segment is needed.
  captured.store.remove(object_name(second.summary.id, "manifest.json"));
  captured.store.remove(object_name(second.summary.id, "pages.map"));
  EXPECT_TRUE(damage(captured, third.summary.id).empty());
  const SnapshotDetails fourth = captured.take(third.summary.id);
  EXPECT_EQ(fourth.holders.size(), 2U) << "one that stores no page holds none";
  EXPECT_EQ(captured.pages_of(fourth.summary.id), captured.pages_of(third.summary.id));
}

TEST(References, HoldersThatHoldNothingAnyMoreAreLeftOut) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  captured.sql("UPDATE t SET v = 'second' WHERE id = 17");
  const SnapshotDetails second = captured.take(first.summary.id);
  captured.sql("UPDATE t SET v = 'third' WHERE id = 17");
  const SnapshotDetails third = captured.take(second.summary.id);
  EXPECT_EQ(third.summary.holders, (std::vector<std::string>{first.summary.id}));
  EXPECT_EQ(third.summary.parent, second.summary.id);
}

TEST(References, DatabasesGrowShrinkAndBecomeEmpty) {
  Captured captured;
  fill(captured, 2000);
  std::string parent = captured.take().summary.id;
  for (const char* change :
       {"INSERT INTO t(v, n) SELECT hex(randomblob(90)), n FROM t", "DELETE FROM t WHERE id > 500; VACUUM",
        "DELETE FROM t; VACUUM", "INSERT INTO t(v, n) VALUES (1, 1)"}) {
    captured.sql(change);
    const SnapshotDetails child = captured.take(parent);
    EXPECT_EQ(captured.pages_of(child.summary.id), captured.pages_of(captured.take().summary.id)) << change;
    EXPECT_TRUE(damage(captured, child.summary.id).empty()) << change;
    parent = child.summary.id;
  }
}

TEST(References, ALongChainOfRandomChangesGivesEachStateBack) {
  Captured captured(20'000);
  fill(captured, 3000);
  std::string parent = captured.take().summary.id;
  std::vector<std::pair<std::string, base::Bytes>> states;
  for (int i = 0; i < 12; ++i) {
    captured.sql("UPDATE t SET v = hex(randomblob(100)) WHERE id IN (SELECT abs(random()) % 3000 FROM t LIMIT 20)");
    parent = captured.take(parent).summary.id;
    states.emplace_back(parent, captured.pages_of(captured.take().summary.id));
  }
  for (const auto& [id, pages] : states) {
    EXPECT_EQ(captured.pages_of(id), pages);
    const SnapshotReader reader(captured.store, id);
    SnapshotPages source(reader);
    base::Bytes all(source.size());
    for (std::size_t at = 0; at < all.size(); at += 5000) {  // in sequence, so that it is read ahead
      const auto part = std::span(all).subspan(at, std::min<std::size_t>(5000, all.size() - at));
      source.read(at, part);
      EXPECT_EQ(source.hash(at / 512 * 512, 512), base::xxh3_128(base::ByteView(pages).subspan(at / 512 * 512, 512)));
    }
    EXPECT_EQ(all, pages);
  }
}

TEST(References, TagsOfAnotherKeyAreOfNoUse) {
  Captured captured;
  fill(captured, 100);
  const SnapshotDetails first = captured.take();
  captured.key.fill(std::byte{8});
  EXPECT_EQ(test::error_of([&] { (void)captured.take(first.summary.id); }).exit, Exit::damaged);
}

TEST(References, ADamagedTagOnlyStoresItsPageAgain) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  base::Bytes& tags = captured.store.objects().at(object_name(first.summary.id, "pages.tag"));
  tags.at(page_tags_header_bytes + 5 * page_tag_bytes) ^= std::byte{1};
  const SnapshotDetails second = captured.take(first.summary.id);
  EXPECT_EQ(own_pages(captured, second.summary.id), 1U);
  EXPECT_EQ(captured.pages_of(second.summary.id), captured.pages_of(first.summary.id));
}

TEST(References, AHolderThatIsGoneIsNamed) {
  Captured captured;
  fill(captured, 2000);
  const SnapshotDetails first = captured.take();
  const SnapshotDetails second = captured.take(first.summary.id);
  captured.store.remove(object_name(first.summary.id, "data-0000.seg"));
  const auto found = damage(captured, second.summary.id);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, "holder " + first.summary.id);
  EXPECT_NE(found[0].problem.find("is missing"), std::string::npos) << found[0].problem;
}

TEST(References, DamageInAHolderIsDamageOnlyOfWhoNeedsIt) {
  Captured captured;
  captured.sql(
      "PRAGMA page_size = 65536; CREATE TABLE t(id INTEGER PRIMARY KEY, v); WITH RECURSIVE i(x) AS (SELECT 1 "
      "UNION ALL SELECT x + 1 FROM i WHERE x < 60) INSERT INTO t SELECT x, randomblob(60000) FROM i");
  const SnapshotDetails first = captured.take();
  captured.sql("UPDATE t SET v = randomblob(60000) WHERE id BETWEEN 17 AND 33");
  const SnapshotDetails second = captured.take(first.summary.id);
  const StoredFrames frames(captured.store, first.summary.id, first.segments, first.page_size);
  std::size_t hurt = 0;
  for (const auto& frame : frames.frames()) {
    base::Bytes& bytes = captured.store.objects().at(object_name(first.summary.id, frames.segment_name(frame)));
    std::byte& byte = bytes.at(frame.entry.offset + header_bytes + 10);
    byte ^= std::byte{1};
    EXPECT_FALSE(damage(captured, first.summary.id).empty());
    for (const auto& finding : damage(captured, second.summary.id)) {
      EXPECT_TRUE(finding.object.starts_with("page")) << finding.object;
      EXPECT_NE(finding.object.find(first.summary.id), std::string::npos) << finding.object;
      ++hurt;
    }
    byte ^= std::byte{1};
  }
  EXPECT_GT(hurt, 0U);
  EXPECT_LT(hurt, frames.frames().size());
}

// Maps that no damage brings about: somebody wrote them, with hashes that fit.
TEST(PageMap, IsRefusedWhereItDoesNotCoverEachPageOnce) {
  const base::Hash128 key{.low = 1, .high = 2};
  const std::vector<PageRun> good = {{.page = 0, .pages = 4, .stored = 9, .holder = 1},
                                     {.page = 4, .pages = 2, .stored = 0, .holder = 0}};
  EXPECT_EQ(decode_page_map(encode_page_map(good, key), key, 6, 1), good);
  EXPECT_FALSE(decode_page_map(encode_page_map(good, key), key, 7, 1));
  EXPECT_FALSE(decode_page_map(encode_page_map(good, key), key, 5, 1));
  EXPECT_FALSE(decode_page_map(encode_page_map(good, key), key, 6, 0)) << "an unknown holder";
  EXPECT_FALSE(decode_page_map(encode_page_map(good, key), {.low = 1, .high = 3}, 6, 1)) << "another snapshot's";
  for (const auto& [field, value] : std::vector<std::pair<std::uint64_t PageRun::*, std::uint64_t>>{
           {&PageRun::page, 3}, {&PageRun::pages, 0}, {&PageRun::pages, ~0ULL}, {&PageRun::stored, ~0ULL}}) {
    std::vector<PageRun> bad = good;
    bad[1].*field = value;
    EXPECT_FALSE(decode_page_map(encode_page_map(bad, key), key, 6, 1)) << value;
  }
  base::Bytes cut = encode_page_map(good, key);
  while (!cut.empty()) {
    cut.pop_back();
    EXPECT_FALSE(decode_page_map(cut, key, 6, 1)) << cut.size();
  }
}

// Nobody writes such a map; whoever forges one gets the pages that it names, and nothing else.
TEST(References, AStoredPageMayStandForTwo) {
  test::MemoryStore store;
  SegmentWriter writer(store, test::example_id);
  test::append_pages(writer, 0, 2);
  test::append_pages(writer, 2, 2);
  SnapshotDetails details = test::example_details(4, writer.finish());
  HashedFile map(store, test::example_id, std::string(page_map_file));
  map.write(encode_page_map({{.page = 0, .pages = 2, .stored = 0, .holder = 0},
                             {.page = 2, .pages = 1, .stored = 1, .holder = 0},
                             {.page = 3, .pages = 1, .stored = 3, .holder = 0}},
                            snapshot_key(test::example_id)));
  details.files = {map.finish()};
  publish_manifest(store, details);
  const SnapshotReader reader(store, test::example_id);
  SnapshotReader::Scratch scratch;
  base::Bytes pages(4 * 512);
  reader.read(0, 4, pages, scratch);
  base::Bytes expected = test::example_pages(0, 2);
  base::put(expected, test::example_pages(1, 1));
  base::put(expected, test::example_pages(3, 1));
  EXPECT_EQ(pages, expected);
}

TEST(PageMap, RunsThatGoOnAreOne) {
  std::vector<PageRun> runs;
  append_run(runs, {.page = 0, .pages = 4, .stored = 8, .holder = 1});
  append_run(runs, {.page = 4, .pages = 1, .stored = 12, .holder = 1});
  append_run(runs, {.page = 5, .pages = 1, .stored = 13, .holder = 2});
  append_run(runs, {.page = 6, .pages = 1, .stored = 15, .holder = 2});
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].pages, 5U);
}

}  // namespace
}  // namespace dbrollback::snapshot
