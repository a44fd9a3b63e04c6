// The schema of a database whose rows are stored, twice: as the text that its fingerprint is made of, and as the
// archive that pg_dump made of it. A snapshot of pages has its schema in them.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/storage/object_store.hpp"
#include "schema/model.hpp"

namespace dbrollback::snapshot {

// Returns what the manifest has to say of the file.
[[nodiscard]] FileFacts write_schema(storage::ObjectStore& store, const std::string& id, const schema::Schema& schema);

// Throws Error (Exit::damaged) when the file is missing or is not the schema with the manifest's fingerprint.
[[nodiscard]] schema::Schema read_schema(storage::ObjectStore& store, const SnapshotDetails& manifest);

// Returns what the manifest has to say of the file. `archive`: all of it.
[[nodiscard]] FileFacts write_archive(storage::ObjectStore& store, const std::string& id, base::ByteView archive);

// Throws Error (Exit::damaged) when the file is missing or damaged.
[[nodiscard]] base::Bytes read_archive(storage::ObjectStore& store, const std::string& id);

}  // namespace dbrollback::snapshot
