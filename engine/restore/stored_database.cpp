#include "engine/restore/stored_database.hpp"

#include <utility>

#include "engine/base/file.hpp"
#include "engine/snapshot/stored_schema.hpp"

namespace dbrollback::restore {

StoredServerDatabase::StoredServerDatabase(storage::ObjectStore& store, SnapshotDetails manifest)
    : rows_(store, std::move(manifest)),
      source_(rows_),
      folder_(base::temporary_folder() / "dbrollback-schema-"),
      archive_(folder_.path() / "schema.pgdump") {
  base::File(archive_, base::File::Mode::create_new).write(snapshot::read_archive(store, this->manifest().summary.id));
}

database::StoredDatabase StoredServerDatabase::stored() const {
  return {.facts = &*manifest().postgres,
          .tables = &manifest().tables,
          .rows = &source_,
          .encoding = manifest().encoding,
          .schema = archive_};
}

}  // namespace dbrollback::restore
