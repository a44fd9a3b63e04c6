#include "engine/snapshot/parent.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

Parent::Parent(storage::ObjectStore& store, const std::string& id, const base::Mac::Key& key) : reader_(store, id) {
  const base::Hash128 key_id = key_id_of(key);
  for (std::size_t number = 0; number < reader_.holders(); ++number) {
    const StoredFrames& frames = reader_.holder(number);
    number_.push_back(0);
    tags_.emplace_back();
    if (frames.pages() == 0) {
      continue;
    }
    tags_.back() = PageTags::open(store, frames.id(), key_id, frames.pages());
    if (!tags_.back()) {
      fail_damaged(base::cat(page_tags_file, " of ", frames.id()), "is missing, or of another repository");
    }
    holders_.push_back({.id = frames.id(),
                        .pages = 0,
                        .segments = number == 0 ? manifest().segments : manifest().holders[number - 1].segments});
    number_.back() = static_cast<std::uint32_t>(holders_.size());
  }
}

void Parent::look_up(std::uint64_t first, std::uint64_t end, Known& known) const {
  known.runs.clear();
  known.tags.clear();
  for (const auto& part : reader_.parts_of(first, std::min(end, manifest().page_count))) {
    const auto& frame = reader_.holder(part.holder).frames()[part.frame];
    known.tags.resize(known.tags.size() + part.pages);
    tags_[part.holder]->read(frame.before + (part.stored - frame.entry.facts.first),
                             std::span(known.tags).last(static_cast<std::size_t>(part.pages)));
    append_run(known.runs,
               {.page = part.page, .pages = part.pages, .stored = part.stored, .holder = number_[part.holder]});
  }
}

}  // namespace dbrollback::snapshot
