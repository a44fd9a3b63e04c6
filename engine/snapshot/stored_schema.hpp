// The schema of a database whose rows are stored, as the text that its fingerprint is made of: docs/format.md, "The
// schema's text". A snapshot of pages has its schema in them.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/storage/object_store.hpp"
#include "schema/model.hpp"

namespace dbrollback::snapshot {

// Returns what the manifest has to say of the file.
[[nodiscard]] FileFacts write_schema(storage::ObjectStore& store, const std::string& id, const schema::Schema& schema);

// Throws Error (Exit::damaged) when the file is missing or is not the schema with the manifest's fingerprint.
[[nodiscard]] schema::Schema read_schema(storage::ObjectStore& store, const SnapshotDetails& manifest);

}  // namespace dbrollback::snapshot
