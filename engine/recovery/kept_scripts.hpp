// The scripts of a release's migrations, kept with it: the older application does not carry the newer downs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/release.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// Keeps the configured folder of migrations; returns what ReleaseDatabase::scripts says. Empty: none is configured.
[[nodiscard]] std::string keep_scripts(repository::Store& store, const DatabaseConfig& database);

// The migrations that are pending now, as a release lists them.
[[nodiscard]] std::vector<ReleaseMigration> pending_migrations(const DatabaseConfig& database, Observer& observer);

// A kept folder as files again, for as long as this lives, and a configuration whose migrations these are.
class KeptScripts {
 public:
  // Precondition: the release has scripts. Throws Error (Exit::damaged) where they are.
  KeptScripts(repository::Store& store, const Release& release, const DatabaseConfig& database);
  [[nodiscard]] const DatabaseConfig& database() const { return database_; }

 private:
  base::TemporaryFolder folder_;
  DatabaseConfig database_;
};

// Nothing where the release has none: then what is configured now is all that there is.
[[nodiscard]] std::unique_ptr<KeptScripts> scripts_of(repository::Store& store, const Release& release,
                                                      const DatabaseConfig& database);

}  // namespace dbrollback::recovery
