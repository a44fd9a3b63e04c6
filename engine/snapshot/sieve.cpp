#include "engine/snapshot/sieve.hpp"

#include <cstring>

namespace dbrollback::snapshot {

// Pages whose tag is the one that the parent knows, as runs.
void Sieve::find_unchanged(std::uint64_t first, std::uint64_t end) {
  unchanged_.clear();
  if (parent_ == nullptr) {
    return;
  }
  parent_->look_up(first, end, known_);
  std::size_t at = 0;
  std::uint64_t pages = 0;
  for (const auto& run : known_.runs) {
    for (std::uint64_t i = 0; i < run.pages; ++i, ++at) {
      if (known_.tags[at] == tags_[run.page + i - first]) {
        append_run(unchanged_, {.page = run.page + i, .pages = 1, .stored = run.stored + i, .holder = run.holder});
        ++pages;
      }
    }
  }
  // Where most of a batch has changed, all of it goes into one frame: references to the rest would be in the way.
  if (pages < (end - first) / 2) {
    unchanged_.clear();
  }
}

void Sieve::sift(std::uint64_t first, base::Bytes& raw, Sifted& out) {
  const std::uint64_t end = first + raw.size() / page_size_;
  tags_.clear();
  for (std::size_t at = 0; at < raw.size(); at += page_size_) {
    tags_.push_back(mac_.of(base::ByteView(raw).subspan(at, page_size_)));
  }
  find_unchanged(first, end);
  out.runs.clear();
  out.tags.clear();
  std::uint64_t page = first;
  const auto store_until = [&](std::uint64_t until) {
    if (page == until) {
      return;
    }
    const std::uint64_t stored = out.tags.size();
    if (stored != page - first) {
      std::memmove(raw.data() + stored * page_size_, raw.data() + (page - first) * page_size_,
                   (until - page) * page_size_);
    }
    out.tags.insert(out.tags.end(), tags_.begin() + static_cast<std::ptrdiff_t>(page - first),
                    tags_.begin() + static_cast<std::ptrdiff_t>(until - first));
    append_run(out.runs, {.page = page, .pages = until - page, .stored = stored, .holder = 0});
    page = until;
  };
  for (const auto& run : unchanged_) {
    store_until(run.page);
    append_run(out.runs, run);
    page = run.page + run.pages;
  }
  store_until(end);
}

}  // namespace dbrollback::snapshot
