// The snapshot before, as what a new one is compared with.
#pragma once

#include <string>
#include <vector>

#include "engine/snapshot/page_tags.hpp"
#include "engine/snapshot/reader.hpp"

namespace dbrollback::snapshot {

// Several threads may look up at once.
class Parent {
 public:
  // Throws Error (Exit::damaged) when what it says of its pages is missing, damaged, or tagged with another key.
  Parent(storage::ObjectStore& store, const std::string& id, const base::Mac::Key& key);

  [[nodiscard]] const SnapshotDetails& manifest() const { return reader_.manifest(); }
  // Who holds its pages: never itself where it stores none, and never by way of another. `pages` is 0.
  [[nodiscard]] const std::vector<HolderFacts>& holders() const { return holders_; }

  // Where the pages [first, end) are that it knows, and their tags; `holder` n is the n-th of holders(). Pages beyond
  // its end are left out.
  struct Known {
    std::vector<PageRun> runs;
    std::vector<base::Hash128> tags;  // of the pages of all runs, one after another
  };
  void look_up(std::uint64_t first, std::uint64_t end, Known& known) const;

 private:
  SnapshotReader reader_;
  std::vector<std::optional<PageTags>> tags_;  // of each holder of the reader
  std::vector<std::uint32_t> number_;          // of each holder of the reader in holders_, counted from 1
  std::vector<HolderFacts> holders_;
};

}  // namespace dbrollback::snapshot
