#include "engine/recovery/deploy_application.hpp"

#include "engine/application/health.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

// The application must meet the schema that it was made for, whatever happened since the step before.
void require_schema(DeployContext& deploy, const std::string& fingerprint) {
  if (read_live(deploy.store, deploy.database, deploy.observer).fingerprint != fingerprint) {
    base::fail({.code = "schema_moved",
                .exit = Exit::partial,
                .message = "somebody has changed the schema since the migrations of this deploy",
                .object = deploy.database.name,
                .state = "the application is stopped, and was not started",
                .next = "`dbrollback status`, then `dbrollback rollback`"});
  }
}

}  // namespace

void switch_application(DeployContext& deploy) {
  deploy.execution->needed_step("stop", [&deploy] { return deploy.application.stop(deploy.values()); });
  deploy.execution->needed_step("start", [&deploy] {
    require_schema(deploy, deploy.release().database.fingerprint_after);
    Details out = deploy.application.start(deploy.values());
    Release& release = deploy.release();
    release.mark = deploy.application.mark();
    deploy.keep_release();
    return out;
  });
}

Details ask_deployed(DeployContext& deploy) {
  const application::Health health = application::wait_until_healthy(
      deploy.config.health, deploy.values(), deploy.redactor, deploy.config.app.folder, deploy.observer);
  deploy.result.health = health.answers;
  if (!health.healthy) {
    base::fail(
        {.code = "unhealthy",
         .exit = Exit::partial,
         .message = cat(printable(deploy.release().version), " is not healthy: ", base::join(health.answers, "; ")),
         .object = deploy.release().version,
         .state = {},
         .next = {}});
  }
  return deploy.config.health.empty() ? Details{"no health probe is configured"} : health.answers;
}

Details confirm_release(DeployContext& deploy) {
  for (const char* name : {"stop", "start", "health"}) {
    if (deploy.switches_application()) {
      deploy.release().start_took += duration_of(deploy.execution->find(name));
    }
  }
  deploy.set_state(Release::State::confirmed);
  release::release_pins(deploy.store, deploy.database.name);
  return {};
}

}  // namespace dbrollback::recovery
