// Migrations that another tool runs, by its own command; what it did is seen by the version in its table.
#pragma once

#include "dbrollback/migrate.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::migrate {

[[nodiscard]] MigrateStatus command_status(const DatabaseConfig& database, Observer& observer);

// Errors: Exit::usage without a command for the direction, or where {version} is not known; Exit::failed
// "command_failed" with the last lines that it wrote, Exit::partial where the version has changed all the same.
// `lock` (may be null): what the command holds as long as anything of it runs, released once it is over.
[[nodiscard]] MigrateResult run_command(repository::Store& store, const DatabaseConfig& database,
                                        const std::string& identity, bool up, const MigrateOptions& options,
                                        base::FileLock* lock, Observer& observer);

}  // namespace dbrollback::migrate
