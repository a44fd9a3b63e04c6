// A page map, right or wrong, in a snapshot that refers to another one.
//
// An input is a list of runs: most are made to follow one another, so that maps that cover every page are common; the
// rest is a map as it stands.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/snapshot/manifest.hpp"
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

const std::string id = "20261121T033253Z-448d";
constexpr std::uint64_t held_pages = 40;  // of the holder
constexpr std::uint64_t own_frames = 3;

// What the map leads to: the same for every input.
struct Stored {
  std::map<std::string, Bytes> objects;
  SnapshotDetails holder;
  std::vector<SegmentFacts> own;

  Stored() {
    test::MemoryStore store(3000);
    holder = test::write_example(store, held_pages / 4);
    snapshot::SegmentWriter writer(store, id);
    for (std::uint64_t i = 0; i < own_frames; ++i) {
      test::append_pages(writer, i * 2, 2);
    }
    own = writer.finish();
    objects = store.objects();
  }
};

std::vector<snapshot::PageRun> runs_of(Input& input, std::uint64_t& page_count) {
  std::vector<snapshot::PageRun> runs;
  page_count = 0;
  const std::size_t count = input.byte() % 16U;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned wrong = input.byte();
    snapshot::PageRun run{.page = page_count,
                          .pages = 1U + (wrong & 7U),
                          .stored = input.byte() % held_pages,
                          .holder = (wrong >> 3U) & 1U};
    if ((wrong & 16U) != 0) {
      run.page = input.number<std::uint64_t>();
    }
    if ((wrong & 32U) != 0) {
      run.pages = input.number<std::uint64_t>();
    }
    if ((wrong & 64U) != 0) {
      run.stored = input.number<std::uint64_t>();
    }
    if ((wrong & 128U) != 0) {
      run.holder = input.number<std::uint32_t>();
    }
    page_count += run.pages;
    runs.push_back(run);
  }
  page_count %= 4096;
  return runs;
}

Bytes map_of(Input& input, std::uint64_t& page_count) {
  Bytes map;
  if ((input.byte() & 1U) != 0) {
    map = snapshot::encode_page_map(runs_of(input, page_count), snapshot::snapshot_key(id));
  } else {
    page_count = input.byte();
    base::put(map, base::bytes_of(input.rest()));
  }
  return map;
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  static const Stored stored;
  test::MemoryStore store;
  store.objects() = stored.objects;
  std::uint64_t page_count = 0;
  const Bytes map = map_of(input, page_count);
  SnapshotDetails details = test::example_details(page_count, stored.own);
  details.tables.clear();  // manifest_fuzz.cpp has those; here they are only slow
  details.checks.clear();
  details.left_out.clear();
  details.summary.id = id;
  details.summary.parent = stored.holder.summary.id;
  snapshot::HashedFile file(store, id, std::string(snapshot::page_map_file));
  file.write(map);
  details.files = {file.finish()};
  details.holders = {{.id = stored.holder.summary.id, .pages = 0, .segments = stored.holder.segments}};
  snapshot::publish_manifest(store, details);

  snapshot::StoredCheck check;
  require(succeeds([&] { check = snapshot::verify_stored(store, id, [](std::uint64_t) {}); }),
          "a damaged map is a finding, not an error");
  for (const auto& finding : check.damage) {
    require(fuzz::fits_a_terminal(finding.object) && fuzz::fits_a_terminal(finding.problem),
            "a finding fits a terminal");
  }
  std::optional<snapshot::SnapshotReader> reader;
  const bool opened = succeeds([&] { reader.emplace(store, id); });
  require(opened == check.damage.empty(), "what can be opened is what verification at the level stored passes");
  if (opened) {
    std::uint64_t next = 0;
    for (const auto& run : reader->runs()) {
      require(run.page == next && run.pages > 0, "each page is in one run");
      next += run.pages;
    }
    require(next == page_count, "every page is in a run");
    snapshot::SnapshotPages pages(*reader);
    Bytes all(pages.size());
    require(succeeds([&] { pages.read(0, all); }), "what is whole can be read");
    if (!all.empty()) {
      require(pages.hash(0, all.size()) == base::xxh3_128(all), "a hash is the hash of the pages");
    }
  }
  return 0;
}
