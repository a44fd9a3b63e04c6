// The catalog: summaries of all snapshots in an SQLite file, for fast listing. Never the truth: it is checked against
// the store's folders at each use and made again where it is behind, missing or damaged. A repository that cannot be
// written gets one in memory.
#pragma once

#include <memory>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::repository {

class Store;

class Catalog {
 public:
  Catalog(Store& store, base::fs::path file, mode_t permissions);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;
  Catalog(Catalog&&) = delete;
  Catalog& operator=(Catalog&&) = delete;

  // Every snapshot, oldest first, as of now.
  [[nodiscard]] std::vector<SnapshotSummary> all();
  // Forgets everything and reads the manifests again.
  std::size_t rebuild();

 private:
  class Index;

  void open();
  void refresh();
  void remove();

  Store* store_;
  base::fs::path file_;
  mode_t permissions_;
  std::unique_ptr<Index> index_;
};

}  // namespace dbrollback::repository
