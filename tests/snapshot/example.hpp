// A snapshot of made-up pages, and what it is made of.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/base/compress.hpp"
#include "engine/base/time.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::test {

inline const std::string example_id = "20261120T233015Z-v1.4.2-7f3a";
constexpr std::uint32_t example_page_size = 512;

// `pages` pages from page `first` on, each different.
inline base::Bytes example_pages(std::uint64_t first, std::uint64_t pages) {
  base::Bytes out(pages * example_page_size);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::byte>(((first * example_page_size + i) * 2654435761U) >> 13U);
  }
  return out;
}

inline snapshot::FrameFacts range(std::uint64_t first, std::uint64_t pages) {
  snapshot::FrameFacts facts;
  facts.first = first;
  facts.end = first + pages;
  facts.rows = pages;
  return facts;
}

// Compresses pages and appends them, as the pipeline does.
inline void append_pages(snapshot::SegmentWriter& writer, std::uint64_t first, std::uint64_t pages) {
  const base::Bytes raw = example_pages(first, pages);
  base::Bytes stored;
  base::Compressor(1).compress(raw, stored);
  snapshot::FrameFacts facts = range(first, pages);
  facts.raw_bytes = raw.size();
  facts.raw_hash = base::xxh3_128(raw);
  facts.stored_bytes = stored.size();
  facts.stored_hash = base::xxh3_128(stored);
  writer.append(facts, stored);
}

// A manifest with something in each field.
inline SnapshotDetails example_details(std::uint64_t pages, std::vector<SegmentFacts> segments) {
  SnapshotDetails out;
  out.summary.id = example_id;
  out.summary.database = "app";
  out.summary.lineage = "0123456789abcdef";
  out.summary.engine = "sqlite";
  out.summary.created = *base::time_from_iso("2026-11-20T23:30:15.123456789Z");
  out.summary.duration = std::chrono::milliseconds(1234);
  out.summary.app_version = "v1.4.2";
  out.summary.reason = "snapshot";
  out.summary.raw_bytes = pages * example_page_size;
  out.tool_version = "0.1.0";
  out.server_version = "SQLite 3.40.1";
  out.source = "/srv/app/app.db";
  out.encoding = "UTF-8";
  out.journal_mode = "wal";
  out.page_size = example_page_size;
  out.page_count = pages;
  out.schema_fingerprint = "99aa06d3014798d86001c324468d497f";
  out.tables = {{.name = "orders \"x\"\n表",
                 .rows = 7,
                 .key = {"b", "a"},
                 .columns = {{.name = "a", .type = "INTEGER"}, {.name = "b", .type = ""}}},
                {.name = "not \xFF utf-8", .rows = 1, .key = {}, .columns = {}}};
  out.checks = {{.name = "no orphans", .sql = "SELECT 0", .value = "0", .expect = "0", .ok = true},
                {.name = "unchanged", .sql = "SELECT x'ff'", .value = "\xFF", .expect = {}, .ok = false}};
  out.left_out = {{.object = "virtual table f", .reason = "has no rows of its own"}};
  out.segments = std::move(segments);
  return out;
}

// A whole snapshot of `frames` frames of four pages each, the first one last as the tool writes them.
inline SnapshotDetails write_example(storage::ObjectStore& store, std::uint64_t frames) {
  snapshot::SegmentWriter writer(store, example_id);
  for (std::uint64_t i = 1; i <= frames; ++i) {
    append_pages(writer, i % frames * 4, 4);
  }
  SnapshotDetails details = example_details(frames * 4, writer.finish());
  snapshot::publish_manifest(store, details);
  return details;
}

}  // namespace dbrollback::test
