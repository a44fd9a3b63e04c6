#include "engine/recovery/deploy_context.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback::recovery {

DeployContext::DeployContext(repository::Store& in, const Config& with, const DatabaseConfig& of, DeployOptions how,
                             Observer& told)
    : store(in),
      config(with),
      database(of),
      options(std::move(how)),
      observer(told),
      identity(database::open_database(of)->identity()),
      alone(in.lock_release(identity, of.name)),
      redactor(with),
      application(with.app, redactor, told) {}

bool DeployContext::switches_application() const {
  return options.with_application && options.part == DeployOptions::Part::all && application.is_managed();
}

bool DeployContext::takes_snapshot_after() const {
  return has_migrations && options.snapshot_after.value_or(database.engine == DatabaseConfig::Engine::sqlite);
}

bool DeployContext::goes_without_snapshot() const { return is_waived(options.despite, "no-snapshot"); }

application::Values DeployContext::values() const {
  return {.version = result.release.version, .previous = result.release.previous, .mark = {}};
}

void DeployContext::keep_release() { release::write(store, result.release); }

void DeployContext::set_state(Release::State state) {
  result.release.state = state;
  result.release.changed = base::now();
  keep_release();
}

std::string shown(const std::string& version) { return version.empty() ? "none" : base::printable(version); }

}  // namespace dbrollback::recovery
