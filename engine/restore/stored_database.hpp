// A stored snapshot of a server's database, opened so that one can be built of it.
#pragma once

#include <string>

#include "engine/base/temporary_folder.hpp"
#include "engine/database/stored_database.hpp"
#include "engine/snapshot/stored_row_source.hpp"

namespace dbrollback::restore {

class StoredServerDatabase {
 public:
  // The archive of the schema goes into a folder of its own, in the temporary folder, for as long as this lives: a
  // secret. Throws Error (Exit::damaged) as StoredRows does.
  StoredServerDatabase(storage::ObjectStore& store, SnapshotDetails manifest);

  [[nodiscard]] const SnapshotDetails& manifest() const { return rows_.manifest(); }
  [[nodiscard]] const PostgresDatabaseFacts& properties() const { return manifest().postgres->properties; }
  [[nodiscard]] const snapshot::StoredRows& rows() const { return rows_; }
  [[nodiscard]] database::StoredDatabase stored() const;
  // Of what is made of it: with its rows, without the foreign keys that these would break.
  [[nodiscard]] std::string schema_fingerprint(bool with_rows) const;

 private:
  storage::ObjectStore* store_;
  snapshot::StoredRows rows_;
  snapshot::StoredRowSource source_;
  base::TemporaryFolder folder_;
  base::fs::path archive_;
};

}  // namespace dbrollback::restore
