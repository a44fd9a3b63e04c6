// The steps of a deploy that bring the application up, and find out whether it works.
#pragma once

#include "engine/recovery/deploy_context.hpp"

namespace dbrollback::recovery {

// Both steps: stop, and start. Errors as of application::Application, and "schema_moved" (Exit::partial).
void switch_application(DeployContext& deploy);
// Error "unhealthy" (Exit::partial).
[[nodiscard]] Details ask_deployed(DeployContext& deploy);
[[nodiscard]] Details confirm_release(DeployContext& deploy);

}  // namespace dbrollback::recovery
