#include "engine/recovery/trial_of.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/build.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/stored_database.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/open.hpp"

namespace dbrollback::recovery {

using base::cat;

namespace {

database::ScratchPlace scratch_for(const DatabaseConfig& config, const PostgresFacts& facts,
                                   const std::string& server_version, const database::Tick& tick) {
  database::ScratchPlace place = database::open_scratch(config, facts, server_version, base::temporary_folder(), tick);
  const auto missing =
      place.database->missing({.properties = &facts.properties, .server_version = server_version, .roles = {}});
  if (!missing.empty()) {
    base::fail({.code = "cannot_be_tried_here",
                .exit = Exit::failed,
                .message = cat("the server for proofs cannot hold ", base::printable(config.name), ": ",
                               base::join(missing, "; ")),
                .object = config.name,
                .state = "nothing was changed",
                .next = "install what is missing, or name another server as scratch_url in dbrollback.toml"});
  }
  return place;
}

database::BuildOptions trial_options(const DatabaseConfig& config, Observer& observer) {
  database::BuildOptions options = restore::build_options(config, observer);
  options.no_tablespaces = true;
  return options;
}

// The archive of a schema, in a folder of its own: a secret.
class Archive {
 public:
  explicit Archive(database::View& view)
      : folder_(base::temporary_folder() / "dbrollback-schema-"), path_(folder_.path() / "schema.pgdump") {
    base::File file(path_, base::File::Mode::create_new);
    (void)view.read_schema([&](base::ByteView bytes) { file.write(bytes); });
    file.close();
  }
  [[nodiscard]] const base::fs::path& path() const { return path_; }

 private:
  base::TemporaryFolder folder_;
  base::fs::path path_;
};

// A view that was never populated can be neither read nor refreshed CONCURRENTLY. In the order in which they were made
// each comes after those that it reads; one that cannot do without rows stays as it is.
void populate_views(database::ScriptSession& session, const std::vector<MaterializedViewFacts>& views) {
  const auto made = session.rows(
      "SELECT n.nspname, c.relname, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'm' ORDER BY c.oid");
  for (const schema::Row& row : made) {
    const bool is_populated = std::ranges::any_of(views, [&](const MaterializedViewFacts& view) {
      return view.populated && view.schema == row.at(0) && view.name == row.at(1);
    });
    try {
      if (is_populated) {
        session.execute(cat("REFRESH MATERIALIZED VIEW ", row.at(2).value_or("")));
      }
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
    }
  }
}

}  // namespace

std::unique_ptr<database::Trial> trial_of_schema(const DatabaseConfig& config, Observer& observer) {
  database::ViewOptions how = repository::view_options(config, observer);
  how.with_schema = true;
  auto view = database::open_server(config)->open_view(how, observer);
  const Archive archive(*view);
  const database::Description description = view->describe();
  view.reset();  // its locks, too: what follows takes longer

  const PostgresFacts& facts = description.postgres.value();
  database::ScratchPlace place = scratch_for(config, facts, description.server_version, how.tick);
  database::BuildOptions options = trial_options(config, observer);
  options.schema_only = true;
  auto made = place.database->make(facts.properties, options);
  const std::vector<TableFacts> none;
  made->fill(
      {.facts = &facts, .tables = &none, .rows = nullptr, .encoding = description.encoding, .schema = archive.path()});
  populate_views(*made->open_session(), facts.materialized_views);
  made->finish();
  return database::try_on_server(std::move(place.server), std::move(made));
}

std::unique_ptr<database::Trial> trial_of_snapshot(repository::Store& store, const std::string& id,
                                                   const DatabaseConfig& config, Observer& observer) {
  SnapshotDetails manifest = snapshot::read_manifest(store.objects(), id);
  const database::ViewOptions how = repository::view_options(config, observer);
  if (manifest.partial) {
    base::fail({.code = "partial",
                .exit = Exit::refused,
                .message = cat(id, " holds the rows of chosen tables only"),
                .object = id,
                .state = "nothing was changed",
                .next = "rehearse on a whole snapshot"});
  }
  if (!manifest.postgres) {
    snapshot::OpenSnapshot source(store.objects(), std::move(manifest), how);
    const std::filesystem::path parent = base::temporary_folder();
    repository::require_room(2 * source.pages().size(), base::disk_of(parent).free_bytes, parent, "the rehearsal",
                             "free some room there, or set TMPDIR to a folder on another disk");
    return database::try_on_file(parent, how.tick, [&](const std::filesystem::path& file) {
      restore::write_new_file(source.pages(), file, true, observer);
    });
  }
  const restore::StoredServerDatabase stored(store.objects(), std::move(manifest));
  database::ScratchPlace place =
      scratch_for(config, *stored.manifest().postgres, stored.manifest().server_version, how.tick);
  auto made = restore::build(*place.database, stored, trial_options(config, observer));
  made->finish();
  return database::try_on_server(std::move(place.server), std::move(made));
}

}  // namespace dbrollback::recovery
