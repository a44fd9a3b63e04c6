#include "engine/snapshot/stored_rows.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "engine/base/parallel.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;
using database::Content;

namespace {

constexpr unsigned most_threads = 8;

// Counts and hashes the rows of bytes that come in pieces: a row may go on in the next one.
class RowCounter {
 public:
  void add(base::ByteView bytes) {
    while (!bytes.empty()) {
      const std::string_view text = base::text_of(bytes);
      const std::size_t end = text.find('\n');
      const base::ByteView part = bytes.first(std::min(end, bytes.size()));
      bytes = bytes.subspan(std::min(bytes.size(), part.size() + 1));
      if (end == std::string_view::npos) {
        begun_ = begun_ ? std::move(begun_) : std::make_unique<base::Hasher>();
        begun_->update(part);
      } else {
        ++content_.rows;
        content_.hash += begun_ ? finish(part) : base::xxh3_128(part);
      }
    }
  }

  [[nodiscard]] bool is_whole() const { return begun_ == nullptr; }
  [[nodiscard]] const Content& content() const { return content_; }

 private:
  base::Hash128 finish(base::ByteView part) {
    begun_->update(part);
    return std::exchange(begun_, nullptr)->digest();
  }

  Content content_;
  std::unique_ptr<base::Hasher> begun_;
};

}  // namespace

std::string describe_rows(const SnapshotDetails& manifest, const FrameFacts& facts) {
  const bool known = facts.object > 0 && facts.object <= manifest.tables.size();
  const std::string table = known ? base::printable(manifest.tables[facts.object - 1].name) : "an unknown table";
  return facts.end > facts.first + 1 ? cat("rows of ", table, " in its blocks ", facts.first, " to ", facts.end - 1)
                                     : cat("rows of ", table);
}

StoredRows::StoredRows(storage::ObjectStore& store, SnapshotDetails manifest)
    : manifest_(std::move(manifest)), frames_(store, manifest_.summary.id, manifest_.segments, 0) {
  const auto& frames = frames_.frames();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameFacts& facts = frames[i].entry.facts;
    if (facts.object == 0 || facts.object > manifest_.tables.size()) {
      fail_frame(frames[i], "are of no table that the manifest names");
    }
    const bool goes_on =
        i > 0 && frames[i - 1].segment == frames[i].segment && frames[i - 1].entry.facts.object == facts.object;
    if (!goes_on) {
      runs_.push_back({.table = facts.object - 1, .first = i, .end = i, .raw_bytes = 0});
    }
    runs_.back().end = i + 1;
    runs_.back().raw_bytes += facts.raw_bytes;
  }
}

void StoredRows::fail_frame(const StoredFrames::Frame& frame, const char* problem) const {
  fail_damaged(cat(describe_rows(manifest_, frame.entry.facts), " (", frames_.segment_name(frame), " of ",
                   manifest_.summary.id, ")"),
               problem);
}

void StoredRows::read(const Run& run, Scratch& scratch, const std::function<void(base::ByteView raw)>& take) const {
  for (std::size_t i = run.first; i < run.end; ++i) {
    const auto& frame = frames_.frames()[i];
    scratch.raw.resize(frame.entry.facts.raw_bytes);
    if (const char* problem = frames_.read(frame, scratch.raw, scratch.frame)) {
      fail_frame(frame, problem);
    }
    take(scratch.raw);
  }
}

std::vector<Content> StoredRows::contents(const std::function<void(std::uint64_t bytes)>& progress) const {
  std::vector<Content> out(manifest_.tables.size());
  std::mutex mutex;
  base::SharedProgress shared(progress);
  base::for_each_in_parallel(runs_.size(), most_threads, [&](std::size_t i) {
    const Run& run = runs_[i];
    Scratch scratch;
    RowCounter counter;
    read(run, scratch, [&](base::ByteView raw) {
      counter.add(raw);
      shared.add(raw.size());
    });
    if (!counter.is_whole()) {
      fail_frame(frames_.frames()[run.end - 1], "end in the middle of a row");
    }
    const std::scoped_lock lock(mutex);
    out[run.table].rows += counter.content().rows;
    out[run.table].hash += counter.content().hash;
  });
  return out;
}

}  // namespace dbrollback::snapshot
