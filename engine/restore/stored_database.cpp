#include "engine/restore/stored_database.hpp"

#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/hashed_file.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback::restore {

namespace {

void copy_object(storage::ObjectStore& store, const std::string& name, const base::fs::path& to) {
  const auto object = store.open(name);
  if (!object) {
    base::fail({.code = "damaged_snapshot",
                .exit = Exit::damaged,
                .message = base::cat(store.describe(name), " is missing"),
                .object = name,
                .state = "nothing was changed",
                .next = "`dbrollback verify --all` finds the snapshots that are whole"});
  }
  base::File file(to, base::File::Mode::create_new);
  base::Bytes buffer(1U << 20U);
  std::uint64_t offset = 0;
  while (const std::size_t got = object->read_at(offset, buffer)) {
    file.write(base::ByteView(buffer).first(got));
    offset += got;
  }
}

}  // namespace

StoredServerDatabase::StoredServerDatabase(storage::ObjectStore& store, SnapshotDetails manifest)
    : rows_(store, std::move(manifest)),
      source_(rows_),
      folder_(base::temporary_folder() / "dbrollback-schema-"),
      archive_(folder_.path() / snapshot::schema_file) {
  copy_object(store, snapshot::object_name(this->manifest().summary.id, std::string(snapshot::schema_file)), archive_);
}

database::StoredDatabase StoredServerDatabase::stored() const {
  return {.facts = &*manifest().postgres,
          .tables = &manifest().tables,
          .rows = &source_,
          .encoding = manifest().encoding,
          .schema = archive_};
}

}  // namespace dbrollback::restore
