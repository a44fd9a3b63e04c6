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
// Of a file and of what is in it, so that none can ask for more memory: a hundred thousand objects fit.
constexpr std::uint64_t largest = 1ULL << 28U;

FileFacts write_compressed(storage::ObjectStore& store, const std::string& id, std::string_view name,
                           base::ByteView content) {
  base::Bytes frame;
  base::Compressor(level).compress(content, frame);
  HashedFile file(store, id, std::string(name));
  file.write(frame);
  return file.finish();
}

std::optional<base::Bytes> read_compressed(storage::ObjectStore& store, const std::string& name) {
  const auto stored = storage::read_object(store, name, largest);
  if (!stored) {
    return std::nullopt;
  }
  const base::ByteView frame = base::bytes_of(*stored);
  const auto size = base::content_size(frame);
  if (!size || *size > largest) {
    return std::nullopt;
  }
  base::Bytes content(*size);
  return base::Decompressor().decompress(frame, content) ? std::optional(std::move(content)) : std::nullopt;
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
  return write_compressed(store, id, schema_text_file, base::bytes_of(schema::canonical_text(schema)));
}

schema::Schema read_schema(storage::ObjectStore& store, const SnapshotDetails& manifest) {
  const std::string name = object_name(manifest.summary.id, std::string(schema_text_file));
  const auto text = read_compressed(store, name);
  auto objects = text && to_hex(base::xxh3_128(*text)) == manifest.schema_fingerprint
                     ? schema::objects_of(base::text_of(*text))
                     : std::nullopt;
  if (!objects) {
    fail_damaged(store.describe(name), "is missing, or is not the schema that the manifest says");
  }
  return {.objects = std::move(*objects), .tables = tables_of(manifest)};
}

FileFacts write_archive(storage::ObjectStore& store, const std::string& id, base::ByteView archive) {
  return write_compressed(store, id, schema_file, archive);
}

base::Bytes read_archive(storage::ObjectStore& store, const std::string& id) {
  const std::string name = object_name(id, std::string(schema_file));
  auto archive = read_compressed(store, name);
  if (!archive) {
    fail_damaged(store.describe(name), "is missing or damaged");
  }
  return std::move(*archive);
}

}  // namespace dbrollback::snapshot
