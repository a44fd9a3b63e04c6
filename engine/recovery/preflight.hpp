// What must be so before a deploy begins; nothing is changed.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/deploy.hpp"
#include "engine/application/application.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

struct Preflight {
  std::string version;  // of the application, to come
  std::string previous;
  std::string previous_mark;
  LiveState live;
  bool has_migrations = false;
  std::vector<std::string> warnings;
};

// Errors: Exit::usage "bad_version", "missing_argument"; Exit::refused "dirty_tree", "dirty_migrations",
// "version_unavailable".
[[nodiscard]] Preflight look_before_deploy(repository::Store& store, const DatabaseConfig& database,
                                           const DeployOptions& options, const application::Application& application,
                                           Observer& observer);

// Whether `name` is among what somebody said does not matter.
[[nodiscard]] bool is_waived(const std::vector<std::string>& despite, const std::string& name);

// Error (Exit::refused) "unfinished_run" where an earlier run of this database is not over.
void refuse_unfinished(repository::Store& store, const std::string& identity);

// A warning where a deploy or a rollback of this database is not over: what is done by hand meanwhile is what it finds.
void warn_of_unfinished(repository::Store& store, const std::string& identity, Observer& observer);

}  // namespace dbrollback::recovery
