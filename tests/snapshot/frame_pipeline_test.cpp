#include "engine/snapshot/frame_pipeline.hpp"

#include "engine/snapshot/reader.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

using test::example_id;
using test::MemoryStore;

constexpr std::uint64_t frames = 200;

// Frames of very different sizes, so that threads are done with them out of order.
std::uint64_t pages_of(std::uint64_t frame) { return frame % 7 == 0 ? 200 : 1 + frame % 3; }

std::vector<SegmentFacts> pump(MemoryStore& store, unsigned threads) {
  SegmentWriter writer(store, example_id);
  FramePipeline pipeline(writer, {.level = 3, .threads = threads});
  std::uint64_t first = 0;
  for (std::uint64_t i = 0; i < frames; ++i) {
    base::Bytes raw = test::example_pages(first, pages_of(i));
    pipeline.add(test::range(first, pages_of(i)), std::move(raw));
    first += pages_of(i);
  }
  (void)pipeline.finish();
  return writer.finish();
}

TEST(Pipeline, WritesFramesInTheOrderInWhichTheyCame) {
  for (const unsigned threads : {1U, 2U, 16U}) {
    MemoryStore store(20'000);
    const auto segments = pump(store, threads);
    std::uint64_t first = 0;
    std::uint64_t frame = 0;
    for (const auto& segment : segments) {
      const auto reader = store.open(object_name(example_id, segment.name));
      for (const auto& entry : read_index(*reader, segment, snapshot_key(example_id), segment.name)) {
        const base::Bytes raw = test::example_pages(first, pages_of(frame));
        EXPECT_EQ(entry.facts.first, first);
        EXPECT_EQ(entry.facts.raw_bytes, raw.size());
        EXPECT_EQ(entry.facts.raw_hash, base::xxh3_128(raw));
        first += pages_of(frame);
        ++frame;
      }
    }
    EXPECT_EQ(frame, frames) << threads << " threads";
  }
}

TEST(Pipeline, WritesTheSameBytesWithAnyNumberOfThreads) {
  MemoryStore one(20'000);
  MemoryStore many(20'000);
  (void)pump(one, 1);
  (void)pump(many, 16);
  EXPECT_EQ(one.objects(), many.objects());
}

TEST(Pipeline, PassesOnTheStoresFailure) {
  for (const unsigned threads : {1U, 8U}) {
    MemoryStore store;
    store.fail_after(10'000);
    const ErrorInfo info = test::error_of([&] { (void)pump(store, threads); });
    EXPECT_EQ(info.code, "no_room");
    EXPECT_EQ(info.message, "the store is full");
    EXPECT_TRUE(store.objects().empty()) << "nothing became visible";
  }
}

TEST(Pipeline, PassesOnAFailureOfTheVeryLastFrame) {
  MemoryStore store;
  store.fail_after(0);
  SegmentWriter writer(store, example_id);
  FramePipeline pipeline(writer, {.level = 1, .threads = 2});
  pipeline.add(test::range(0, 1), test::example_pages(0, 1));
  EXPECT_EQ(test::error_of([&] { (void)pipeline.finish(); }).code, "no_room");
}

TEST(Pipeline, WithNothingToDoEnds) {
  MemoryStore store;
  SegmentWriter writer(store, example_id);
  FramePipeline pipeline(writer, {.level = 1, .threads = 4});
  (void)pipeline.finish();
  EXPECT_TRUE(writer.finish().empty());
}

TEST(Pipeline, ThatIsAbandonedEnds) {
  MemoryStore store;
  SegmentWriter writer(store, example_id);
  {
    FramePipeline pipeline(writer, {.level = 19, .threads = 4});
    for (std::uint64_t i = 0; i < 6; ++i) {
      pipeline.add(test::range(i * 500, 500), test::example_pages(i * 500, 500));
    }
  }
  EXPECT_TRUE(store.objects().empty());
}

TEST(Pipeline, UsesBuffersAgain) {
  MemoryStore store;
  SegmentWriter writer(store, example_id);
  FramePipeline pipeline(writer, {.level = 1, .threads = 1});
  bool used_before = false;
  for (std::uint64_t i = 0; i < 50; ++i) {
    base::Bytes raw = pipeline.take_buffer();
    used_before = used_before || !raw.empty();
    raw.resize(512);
    pipeline.add(test::range(i, 1), std::move(raw));
  }
  (void)pipeline.finish();
  EXPECT_TRUE(used_before);
}

}  // namespace
}  // namespace dbrollback::snapshot
