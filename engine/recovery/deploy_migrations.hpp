// The steps of a deploy that change the database, and look at what it is then.
#pragma once

#include "engine/recovery/deploy_context.hpp"

namespace dbrollback::recovery {

// Runs what is pending, or the command that does. From here on the release is one that has to be rolled back.
[[nodiscard]] Details migrate_database(DeployContext& deploy);
// Puts what the schema and its version are now into the release, which is not written.
void read_after(DeployContext& deploy);
// The same, and asks the integrity queries; the release is `migrated` then. Error "check_failed" (Exit::partial).
[[nodiscard]] Details check_after(DeployContext& deploy);

}  // namespace dbrollback::recovery
