// Finds out which pages of a batch have to be stored.
#pragma once

#include <vector>

#include "engine/base/mac.hpp"
#include "engine/snapshot/parent.hpp"

namespace dbrollback::snapshot {

// What a batch comes to.
struct Sifted {
  std::vector<PageRun> runs;        // its pages in order; `stored` of own ones (holder 0) counts from 0
  std::vector<base::Hash128> tags;  // of the pages to be stored
};

// One thread. `parent` may be null: then every page is to be stored.
class Sieve {
 public:
  Sieve(const base::Mac::Key& key, const Parent* parent, std::uint32_t page_size)
      : mac_(key), parent_(parent), page_size_(page_size) {}

  // Moves to the beginning of `raw`, which holds pages from `first` on, those that have to be stored: `out.tags` says
  // how many. It stays as long as it was: a vector that shrinks is filled with zeros when it grows again.
  void sift(std::uint64_t first, base::Bytes& raw, Sifted& out);

 private:
  void find_unchanged(std::uint64_t first, std::uint64_t end);

  base::Mac mac_;
  const Parent* parent_;
  std::uint32_t page_size_;
  Parent::Known known_;
  std::vector<base::Hash128> tags_;
  std::vector<PageRun> unchanged_;
};

}  // namespace dbrollback::snapshot
