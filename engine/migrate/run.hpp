// Runs of migrations: what is applied and what is not, up and down, and what an earlier run left half way.
#pragma once

#include <memory>

#include "dbrollback/migrate.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/project.hpp"
#include "engine/migrate/unfinished.hpp"

namespace dbrollback::migrate {

// What each function of dbrollback/migrate.hpp does, once it is known that no other tool's command is to be run.
// `identity`: of the database::Database.
[[nodiscard]] MigrateStatus status(repository::Store& store, const DatabaseConfig& database,
                                   const std::string& identity, Observer& observer);
[[nodiscard]] MigrateResult up(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                               const MigrateOptions& options, Observer& observer);
[[nodiscard]] MigrateResult down(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                                 const MigrateOptions& options, Observer& observer);
[[nodiscard]] MigrateResult resume(repository::Store& store, const DatabaseConfig& database,
                                   const std::string& identity, Resume how, Observer& observer);
void resolve(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
             const std::string& version, bool applied, Observer& observer);

}  // namespace dbrollback::migrate
