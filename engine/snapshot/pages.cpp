#include "engine/snapshot/pages.hpp"

#include <algorithm>
#include <cstring>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

namespace {
constexpr std::size_t most_cached = 24;  // frames of 1 MiB
}

SnapshotPages::SnapshotPages(const SnapshotReader& reader)
    : reader_(&reader), size_(reader.manifest().summary.raw_bytes), page_size_(reader.manifest().page_size) {
  std::uint64_t next = 0;
  for (const auto& frame : reader.frames()) {
    const FrameFacts& facts = frame.entry.facts;
    if (facts.object != 0 || facts.part != 0 || facts.first != next || facts.end > reader.manifest().page_count ||
        facts.raw_bytes != (facts.end - next) * page_size_) {
      break;
    }
    next = facts.end;
  }
  if (next * page_size_ != size_) {
    base::fail(
        {.code = "damaged_segment",
         .exit = Exit::damaged,
         .message = base::cat("page ", next + 1, " of ", reader.manifest().summary.id, " is missing, or stored twice"),
         .object = reader.manifest().summary.id,
         .state = "nothing was restored or changed",
         .next = "use another snapshot: `dbrollback list` shows them"});
  }
}

const base::Bytes& SnapshotPages::frame(std::size_t number) {
  if (const auto at = where_.find(number); at != where_.end()) {
    cache_.splice(cache_.begin(), cache_, at->second);
    return cache_.front().bytes;
  }
  if (cache_.size() < most_cached) {
    cache_.emplace_front();
  } else {
    where_.erase(cache_.back().number);
    cache_.splice(cache_.begin(), cache_, std::prev(cache_.end()));
  }
  Cached& slot = cache_.front();
  try {
    reader_->read(reader_->frames()[number], slot.bytes, scratch_, decompressor_);
  } catch (...) {
    cache_.pop_front();
    throw;
  }
  slot.number = number;
  where_[number] = cache_.begin();
  return slot.bytes;
}

void SnapshotPages::read(std::uint64_t offset, std::span<std::byte> into) {
  const auto& frames = reader_->frames();
  while (!into.empty()) {
    const std::uint64_t page = offset / page_size_;
    const auto after = std::ranges::upper_bound(frames, page, {}, [](const auto& f) { return f.entry.facts.first; });
    const auto number = static_cast<std::size_t>(after - frames.begin()) - 1;
    const std::uint64_t start = offset - frames[number].entry.facts.first * page_size_;
    const base::Bytes& bytes = frame(number);
    const std::size_t size = std::min<std::size_t>(into.size(), bytes.size() - start);
    std::memcpy(into.data(), bytes.data() + start, size);
    into = into.subspan(size);
    offset += size;
  }
}

}  // namespace dbrollback::snapshot
