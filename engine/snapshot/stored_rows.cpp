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

constexpr unsigned most_decoders = 8;

// Gives `take` the pieces of rows that bytes hold: all that there is of a row, without its end, and whether it ends.
template <class Take>
void split_rows(base::ByteView bytes, const Take& take) {
  while (!bytes.empty()) {
    const std::size_t end = base::text_of(bytes).find('\n');
    const base::ByteView piece = bytes.first(std::min(end, bytes.size()));
    bytes = bytes.subspan(std::min(bytes.size(), piece.size() + 1));
    take(piece, end != std::string_view::npos);
  }
}

// Counts and hashes rows that come in pieces.
class RowCounter {
 public:
  void add(base::ByteView piece, bool ends) {
    if (!ends) {
      begun_ = begun_ ? std::move(begun_) : std::make_unique<base::Hasher>();
      begun_->update(piece);
    } else {
      ++content_.rows;
      content_.hash += begun_ ? finish(piece) : base::xxh3_128(piece);
    }
  }

  [[nodiscard]] bool is_whole() const { return begun_ == nullptr; }
  [[nodiscard]] const Content& content() const { return content_; }

 private:
  base::Hash128 finish(base::ByteView piece) {
    begun_->update(piece);
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

void StoredRows::require_whole(const Run& run, bool is_whole) const {
  if (!is_whole) {
    fail_frame(frames_.frames()[run.end - 1], "end in the middle of a row");
  }
}

void StoredRows::rows(std::size_t table, const std::function<void(base::ByteView row)>& take) const {
  Scratch scratch;
  for (const Run& run : runs_) {
    if (run.table != table) {
      continue;
    }
    base::Bytes begun;
    read(run, scratch, [&](base::ByteView raw) {
      split_rows(raw, [&](base::ByteView piece, bool ends) {
        if (ends && begun.empty()) {
          take(piece);
          return;
        }
        base::put(begun, piece);
        if (ends) {
          take(begun);
          begun.clear();
        }
      });
    });
    require_whole(run, begun.empty());
  }
}

std::vector<Content> StoredRows::contents(const std::function<void(std::uint64_t bytes)>& progress) const {
  std::vector<Content> out(manifest_.tables.size());
  std::mutex mutex;
  base::SharedProgress shared(progress);
  base::for_each_in_parallel(runs_.size(), most_decoders, [&](std::size_t i) {
    const Run& run = runs_[i];
    Scratch scratch;
    RowCounter counter;
    read(run, scratch, [&](base::ByteView raw) {
      split_rows(raw, [&](base::ByteView piece, bool ends) { counter.add(piece, ends); });
      shared.add(raw.size());
    });
    require_whole(run, counter.is_whole());
    const std::scoped_lock lock(mutex);
    out[run.table].rows += counter.content().rows;
    out[run.table].hash += counter.content().hash;
  });
  return out;
}

}  // namespace dbrollback::snapshot
