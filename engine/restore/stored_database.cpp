#include "engine/restore/stored_database.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/file.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/stored_schema.hpp"

namespace dbrollback::restore {

StoredServerDatabase::StoredServerDatabase(storage::ObjectStore& store, SnapshotDetails manifest)
    : store_(&store),
      rows_(store, std::move(manifest)),
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
          .schema = archive_,
          .loose_keys = manifest().partial ? manifest().partial->foreign_keys : std::vector<LooseKeyFacts>()};
}

std::string StoredServerDatabase::schema_fingerprint(bool with_rows) const {
  const std::vector<LooseKeyFacts> loose = stored().loose_keys;
  if (loose.empty() || !with_rows) {
    return manifest().schema_fingerprint;
  }
  schema::Schema schema = snapshot::read_schema(*store_, manifest());
  std::erase_if(schema.objects, [&](const schema::Object& object) {
    return object.kind == "constraint" && std::ranges::find(loose, object.name, &LooseKeyFacts::object) != loose.end();
  });
  return snapshot::schema_fingerprint(schema);
}

}  // namespace dbrollback::restore
