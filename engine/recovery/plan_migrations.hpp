// What a run of migrations would do.
#pragma once

#include "dbrollback/migrate.hpp"

namespace dbrollback::recovery {

[[nodiscard]] MigrationPlan plan_migrations(const DatabaseConfig& database, const MigrateOptions& options, bool up,
                                            Observer& observer);

}  // namespace dbrollback::recovery
