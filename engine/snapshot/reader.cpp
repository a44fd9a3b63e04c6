#include "engine/snapshot/reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;

std::vector<PageRun> read_page_map(storage::ObjectStore& store, const SnapshotDetails& manifest) {
  std::vector<PageRun> runs;
  const auto facts = std::ranges::find(manifest.files, page_map_file, &FileFacts::name);
  if (facts == manifest.files.end()) {
    if (manifest.page_count > 0) {
      runs.push_back({.page = 0, .pages = manifest.page_count, .stored = 0, .holder = 0});
    }
    return runs;
  }
  const std::string name = object_name(manifest.summary.id, facts->name);
  std::optional<std::string> text;
  for (int looks = 0; looks < 2; ++looks) {  // a disk or a network may have had one bad moment
    text = read_object(store, name, facts->bytes);
    if (!text) {
      fail_damaged(store.describe(name), "is missing");
    }
    if (to_hex(base::xxh3_128(base::bytes_of(*text))) == facts->hash) {
      break;
    }
    text.reset();
  }
  auto decoded = text ? decode_page_map(base::bytes_of(*text), snapshot_key(manifest.summary.id), manifest.page_count,
                                        manifest.holders.size())
                      : std::nullopt;
  if (!decoded) {
    fail_damaged(store.describe(name), "is damaged");
  }
  return std::move(*decoded);
}

std::string describe_pages(const std::vector<PageRun>& runs, std::size_t holder, const FrameFacts& facts) {
  constexpr std::size_t most_named = 8;
  std::vector<std::string> ranges;
  std::uint64_t pages = 0;
  for (const auto& run : runs) {
    const std::uint64_t from = std::max(run.stored, facts.first);
    const std::uint64_t to = std::min(run.stored + run.pages, facts.end);
    if (run.holder != holder || from >= to) {
      continue;
    }
    const std::uint64_t first = run.page + (from - run.stored) + 1;
    const std::uint64_t last = first + (to - from) - 1;
    pages += to - from;
    if (ranges.size() < most_named) {
      ranges.push_back(first == last ? std::to_string(first) : cat(first, " to ", last));
    } else if (ranges.size() == most_named) {
      ranges.emplace_back("…");
    }
  }
  return cat(pages == 1 ? "page " : "pages ", base::join(ranges, ", "));
}

SnapshotReader::SnapshotReader(storage::ObjectStore& store, const std::string& id)
    : SnapshotReader(store, read_manifest(store, id)) {}

SnapshotReader::SnapshotReader(storage::ObjectStore& store, SnapshotDetails manifest) : manifest_(std::move(manifest)) {
  const std::string& id = manifest_.summary.id;
  if (manifest_.postgres) {
    base::fail_usage("unsupported", cat("snapshot ", id, " is of a PostgreSQL database, and this needs one of pages"),
                     id, "`dbrollback restore --into URL` puts it beside the live one, to look into or to pg_dump");
  }
  holders_.emplace_back(store, id, manifest_.segments, manifest_.page_size);
  for (const auto& facts : manifest_.holders) {
    add_holder(store, facts);
  }
  runs_ = read_page_map(store, manifest_);
  std::uint64_t own = 0;
  for (const auto& run : runs_) {
    if (run.stored + run.pages > holders_[run.holder].pages()) {
      fail_damaged(
          cat("page ", run.page + 1 + holders_[run.holder].pages() - std::min(run.stored, holders_[run.holder].pages()),
              " of ", id),
          "is missing, or stored twice");
    }
    own += run.holder == 0 ? run.pages : 0;
  }
  if (own != holders_[0].pages()) {
    fail_damaged(cat("page ", own + 1, " of ", id), "is beyond the end of the database");
  }
}

void SnapshotReader::add_holder(storage::ObjectStore& store, const HolderFacts& facts) {
  try {
    holders_.emplace_back(store, facts.id, facts.segments, manifest_.page_size);
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.message = cat(info.message, "; ", manifest_.summary.id, " needs pages of it");
    throw Error(std::move(info));
  }
}

std::size_t SnapshotReader::run_of(std::uint64_t page) const {
  const auto after = std::ranges::upper_bound(runs_, page, {}, &PageRun::page);
  return static_cast<std::size_t>(after - runs_.begin()) - 1;
}

std::vector<SnapshotReader::Part> SnapshotReader::parts_of(std::uint64_t first, std::uint64_t end) const {
  std::vector<Part> parts;
  for (std::size_t number = run_of(first); first < end; ++number) {
    const PageRun& run = runs_[number];
    const StoredFrames& holder = holders_[run.holder];
    const std::uint64_t run_end = std::min(end, run.page + run.pages);
    while (first < run_end) {
      const std::uint64_t stored = run.stored + (first - run.page);
      const std::size_t frame = holder.frame_of(stored);
      const std::uint64_t pages = std::min(run_end - first, holder.frames()[frame].entry.facts.end - stored);
      parts.push_back({.holder = run.holder, .frame = frame, .page = first, .stored = stored, .pages = pages});
      first += pages;
    }
  }
  return parts;
}

void SnapshotReader::read(std::uint64_t first, std::uint64_t end, std::span<std::byte> into, Scratch& scratch) const {
  const std::uint64_t page_size = manifest_.page_size;
  const StoredFrames::Frame* decoded = nullptr;  // the frame that is in scratch.raw
  std::vector<Part> parts = parts_of(first, end);
  // A frame is decompressed once, whatever number of runs it serves.
  std::ranges::stable_sort(parts, {}, [](const Part& part) { return std::pair(part.holder, part.frame); });
  for (const Part& part : parts) {
    const StoredFrames& holder = holders_[part.holder];
    const auto& frame = holder.frames()[part.frame];
    const auto& facts = frame.entry.facts;
    const auto target = into.subspan((part.page - first) * page_size, part.pages * page_size);
    const bool whole = part.stored == facts.first && part.pages == facts.end - facts.first;
    const char* problem = nullptr;
    if (whole) {
      problem = holder.read(frame, target, scratch.frame);
    } else if (decoded != &frame) {
      scratch.raw.resize(facts.raw_bytes);
      problem = holder.read(frame, scratch.raw, scratch.frame);
      decoded = &frame;
    }
    if (problem != nullptr) {
      fail_damaged(
          cat(describe_pages(runs_, part.holder, facts), " in ", holder.segment_name(frame), " of ", holder.id()),
          problem);
    }
    if (!whole) {
      std::memcpy(target.data(), scratch.raw.data() + (part.stored - facts.first) * page_size, target.size());
    }
  }
}

std::optional<base::Hash128> SnapshotReader::hash_of(std::uint64_t first, std::uint64_t end) const {
  if (first >= end || end > manifest_.page_count) {
    return std::nullopt;
  }
  const PageRun& run = runs_[run_of(first)];
  if (run.page + run.pages < end) {
    return std::nullopt;
  }
  const StoredFrames& holder = holders_[run.holder];
  const std::uint64_t stored = run.stored + (first - run.page);
  const auto& facts = holder.frames()[holder.frame_of(stored)].entry.facts;
  return facts.first == stored && facts.end - facts.first == end - first ? std::optional(facts.raw_hash) : std::nullopt;
}

}  // namespace dbrollback::snapshot
