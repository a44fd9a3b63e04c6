// A stored snapshot opened as a database to look into.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/pages.hpp"
#include "engine/snapshot/reader.hpp"

namespace dbrollback::snapshot {

class OpenSnapshot {
 public:
  // Throws Error (Exit::damaged) as SnapshotReader does.
  OpenSnapshot(storage::ObjectStore& store, const std::string& id, const database::ViewOptions& options)
      : OpenSnapshot(store, read_manifest(store, id), options) {}
  // Of a manifest that was read already.
  OpenSnapshot(storage::ObjectStore& store, SnapshotDetails manifest, const database::ViewOptions& options)
      : reader_(store, std::move(manifest)),
        pages_(reader_),
        view_(database::open_pages(pages_, reader_.manifest().summary.id, options)) {}

  [[nodiscard]] const SnapshotDetails& manifest() const { return reader_.manifest(); }
  [[nodiscard]] database::PageSource& pages() { return pages_; }
  [[nodiscard]] database::View& view() { return *view_; }

 private:
  SnapshotReader reader_;
  SnapshotPages pages_;
  std::unique_ptr<database::View> view_;
};

}  // namespace dbrollback::snapshot
