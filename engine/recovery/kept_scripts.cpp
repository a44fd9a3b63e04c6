#include "engine/recovery/kept_scripts.hpp"

#include <utility>

#include "engine/base/file.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/project.hpp"
#include "engine/migrate/state.hpp"
#include "engine/recovery/verdicts.hpp"
#include "engine/release/kept_files.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::recovery {

std::string keep_scripts(repository::Store& store, const DatabaseConfig& database) {
  if (database.migrations.empty()) {
    return {};
  }
  schema::Folder folder = migrate::read_folder(database.migrations);
  std::vector<release::FolderFile> files;
  files.reserve(folder.size());
  for (schema::SourceFile& file : folder) {
    files.push_back({.path = std::move(file.path), .text = std::move(file.text)});
  }
  return release::KeptFiles(store).keep_folder(files);
}

std::vector<ReleaseMigration> pending_migrations(const DatabaseConfig& database, Observer& observer) {
  std::vector<ReleaseMigration> out;
  if (database.migrations.empty()) {
    return out;
  }
  const migrate::LoadedProject project = migrate::load_project(database);
  const auto session = database::open_script_session(database, repository::view_options(database, observer).tick);
  for (const schema::Migration* migration :
       migrate::to_apply(project, migrate::read_state(*session, project, false), {})) {
    out.push_back({.version = migration->version,
                   .name = migration->name,
                   .has_down = migration->down.has_value(),
                   .scripts = scripts_hash(*migration)});
  }
  return out;
}

KeptScripts::KeptScripts(repository::Store& store, const Release& release, const DatabaseConfig& database)
    : folder_(base::temporary_folder() / "dbrollback-scripts-"), database_(database) {
  release::KeptFiles(store).write_folder(release.database.scripts, folder_.path());
  database_.migrations = folder_.path();
  database_.migrations_format = release.database.format;
  database_.migrate = {};
}

std::unique_ptr<KeptScripts> scripts_of(repository::Store& store, const Release& release,
                                        const DatabaseConfig& database) {
  return release.database.scripts.empty() ? nullptr : std::make_unique<KeptScripts>(store, release, database);
}

}  // namespace dbrollback::recovery
