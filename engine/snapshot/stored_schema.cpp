#include "engine/snapshot/stored_schema.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/compress.hpp"
#include "engine/base/hash.hpp"
#include "engine/snapshot/hashed_file.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/stored_frames.hpp"

namespace dbrollback::snapshot {

namespace {

constexpr int level = 3;
// Of the file and of its text, so that no file can ask for more memory: a hundred thousand objects fit.
constexpr std::uint64_t largest_text = 1ULL << 28U;

std::optional<base::Bytes> read_text(storage::ObjectStore& store, const std::string& name) {
  const auto stored = storage::read_object(store, name, largest_text);
  if (!stored) {
    return std::nullopt;
  }
  const base::ByteView frame = base::bytes_of(*stored);
  const auto size = base::content_size(frame);
  if (!size || *size > largest_text) {
    return std::nullopt;
  }
  base::Bytes text(*size);
  return base::Decompressor().decompress(frame, text) ? std::optional(std::move(text)) : std::nullopt;
}

std::vector<schema::Table> tables_of(const SnapshotDetails& manifest) {
  std::vector<schema::Table> tables;
  tables.reserve(manifest.tables.size());
  for (const TableFacts& facts : manifest.tables) {
    schema::Table table{.name = facts.name, .columns = {}, .key = facts.key};
    for (const ColumnFacts& column : facts.columns) {
      table.columns.push_back(
          {.name = column.name, .type = column.type, .not_null = false, .default_value = {}, .generated = false});
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

FileFacts write_schema(storage::ObjectStore& store, const std::string& id, const schema::Schema& schema) {
  base::Bytes frame;
  base::Compressor(level).compress(base::bytes_of(schema::canonical_text(schema)), frame);
  HashedFile file(store, id, std::string(schema_text_file));
  file.write(frame);
  return file.finish();
}

schema::Schema read_schema(storage::ObjectStore& store, const SnapshotDetails& manifest) {
  const std::string name = object_name(manifest.summary.id, std::string(schema_text_file));
  const auto text = read_text(store, name);
  auto objects = text && to_hex(base::xxh3_128(*text)) == manifest.schema_fingerprint
                     ? schema::objects_of(base::text_of(*text))
                     : std::nullopt;
  if (!objects) {
    fail_damaged(store.describe(name), "is missing, or is not the schema that the manifest says");
  }
  return {.objects = std::move(*objects), .tables = tables_of(manifest)};
}

}  // namespace dbrollback::snapshot
