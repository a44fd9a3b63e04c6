#include "engine/snapshot/page_tags.hpp"

#include <algorithm>

#include "engine/snapshot/format.hpp"

namespace dbrollback::snapshot {

using base::put;

namespace {

constexpr std::string_view tags_magic = "DBRT";

// A hash is 16 bytes, low half first, in memory as in the file.
static_assert(sizeof(base::Hash128) == page_tag_bytes);

base::Bytes encode_header(const base::Hash128& snapshot_key, const base::Hash128& key_id) {
  base::Bytes out;
  put(out, base::bytes_of(tags_magic));
  put(out, format_version);
  put(out, static_cast<std::uint16_t>(page_tag_bytes));
  for (const auto& hash : {snapshot_key, key_id}) {
    put(out, hash.low);
    put(out, hash.high);
  }
  return out;
}

}  // namespace

base::Hash128 key_id_of(const base::Mac::Key& key) { return base::Mac(key).of(base::bytes_of("dbrollback page tags")); }

void PageTagsWriter::append(std::span<const base::Hash128> tags) {
  if (!file_) {
    file_.emplace(*store_, id_, std::string(page_tags_file));
    file_->write(encode_header(snapshot_key(id_), key_id_));
  }
  file_->write(std::as_bytes(tags));
}

std::optional<FileFacts> PageTagsWriter::finish() { return file_ ? std::optional(file_->finish()) : std::nullopt; }

std::optional<PageTags> PageTags::open(storage::ObjectStore& store, const std::string& snapshot_id,
                                       const base::Hash128& key_id, std::uint64_t pages) {
  auto file = store.open(object_name(snapshot_id, std::string(page_tags_file)));
  base::Bytes header(page_tags_header_bytes);
  if (!file || pages > (~0ULL - page_tags_header_bytes) / page_tag_bytes ||
      file->size() != page_tags_header_bytes + pages * page_tag_bytes || file->read_at(0, header) != header.size() ||
      header != encode_header(snapshot_key(snapshot_id), key_id)) {
    return std::nullopt;
  }
  return PageTags(std::move(file));
}

void PageTags::read(std::uint64_t first, std::span<base::Hash128> tags) const {
  const auto into = std::as_writable_bytes(tags);
  const std::size_t got = file_->read_at(page_tags_header_bytes + first * page_tag_bytes, into);
  std::ranges::fill(into.subspan(got), std::byte{0});  // it was cut off since: those pages are stored again
}

}  // namespace dbrollback::snapshot
