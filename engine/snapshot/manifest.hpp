// manifest.json and manifest.sum: what a snapshot is. A snapshot exists once its manifest does.
#pragma once

#include <string>
#include <string_view>

#include "dbrollback/snapshot.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {

constexpr std::string_view manifest_file = "manifest.json";
constexpr std::string_view manifest_sum_file = "manifest.sum";
// The archive that pg_dump made of a PostgreSQL database's schema.
constexpr std::string_view schema_file = "schema.pgdump.zst";
// What its schema is: stored_schema.hpp.
constexpr std::string_view schema_text_file = "schema.zst";
constexpr std::uint64_t largest_manifest = 256ULL << 20U;

// Fills in what a summary says of its own details: sizes, numbers of tables and rows, holders.
void add_up(SnapshotDetails& details);

[[nodiscard]] std::string manifest_to_text(const SnapshotDetails& snapshot);

// Checks every field, so that nothing in the text can lead outside the snapshot's folder. `object` names it in errors:
// Exit::damaged for damage, Exit::failed ("newer_format") for a required feature that this program does not know.
[[nodiscard]] SnapshotDetails manifest_from_text(std::string_view text, const std::string& object);

// The sum first, the manifest last: the moment of publishing.
void publish_manifest(storage::ObjectStore& store, const SnapshotDetails& snapshot);

// Reads and checks both. Throws as manifest_from_text, and when the manifest says that it is another snapshot's.
[[nodiscard]] SnapshotDetails read_manifest(storage::ObjectStore& store, const std::string& id);

}  // namespace dbrollback::snapshot
