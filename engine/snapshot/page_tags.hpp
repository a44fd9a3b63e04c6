// pages.tag: a keyed hash of each page that a snapshot stores, by which the next one knows what has not changed.
// docs/format.md, "Page tags".
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/mac.hpp"
#include "engine/snapshot/hashed_file.hpp"

namespace dbrollback::snapshot {

constexpr std::string_view page_tags_file = "pages.tag";
constexpr std::size_t page_tags_header_bytes = 40;
constexpr std::size_t page_tag_bytes = 16;

// Tells the keys of two repositories from each other without telling the key.
[[nodiscard]] base::Hash128 key_id_of(const base::Mac::Key& key);

// Writes the tags of one snapshot as its pages are stored.
class PageTagsWriter {
 public:
  PageTagsWriter(storage::ObjectStore& store, std::string snapshot_id, const base::Hash128& key_id)
      : store_(&store), id_(std::move(snapshot_id)), key_id_(key_id) {}
  void append(std::span<const base::Hash128> tags);
  // Nothing when there were no tags: then there is no such file.
  [[nodiscard]] std::optional<FileFacts> finish();

 private:
  storage::ObjectStore* store_;
  std::string id_;
  base::Hash128 key_id_;
  std::optional<HashedFile> file_;
};

// The tags of one snapshot, read where they are needed. Several threads may read at once.
class PageTags {
 public:
  // Nothing when the file is missing, is made with another key or is not of `pages` pages: what it says is of no use.
  [[nodiscard]] static std::optional<PageTags> open(storage::ObjectStore& store, const std::string& snapshot_id,
                                                    const base::Hash128& key_id, std::uint64_t pages);

  // Of the pages [first, first + tags.size()), counted in the order in which they are stored.
  void read(std::uint64_t first, std::span<base::Hash128> tags) const;

 private:
  explicit PageTags(std::unique_ptr<storage::ObjectReader> file) : file_(std::move(file)) {}
  std::unique_ptr<storage::ObjectReader> file_;
};

}  // namespace dbrollback::snapshot
