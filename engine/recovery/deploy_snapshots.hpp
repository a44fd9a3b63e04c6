// The steps of a deploy that make a way back: snapshots, their proof, and what is kept with the release.
#pragma once

#include "engine/recovery/deploy_context.hpp"

namespace dbrollback::recovery {

// Error "no_snapshot" (Exit::refused) for one that is not good, unless somebody said that it does not matter; as of
// taking a snapshot.
[[nodiscard]] Details take_snapshot_before(DeployContext& deploy);
[[nodiscard]] Details prove_before(DeployContext& deploy);
// The scripts of the migrations, and the configuration files.
[[nodiscard]] Details keep_with_release(DeployContext& deploy);
// A deploy does not fail for it: then it is a warning.
void take_snapshot_after(DeployContext& deploy);

}  // namespace dbrollback::recovery
