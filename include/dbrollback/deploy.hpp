// Deploys: a proven snapshot, the migrations, the application, and the record of it all.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/release.hpp"
#include "dbrollback/run.hpp"

namespace dbrollback {

struct DeployOptions {
  std::string app_version;             // empty: what the application's version command prints
  std::string previous;                // the version that runs before; empty: that command's, or the last release's
  CommandLine command;                 // runs the migrations instead; empty: they are run as configured
  Proof level = Proof::content;        // how far the snapshot is proven before anything is changed
  std::optional<bool> snapshot_after;  // absent: for SQLite
  // What does not matter: "no-snapshot", "dirty-tree", "dirty-migrations".
  std::vector<std::string> despite;
  bool with_application = true;  // stop, switch and start it, where the configuration says how
  // Which part: all; up to the migrations, for a pipeline that deploys the application itself; what comes after that.
  enum class Part { all, before, after };
  Part part = Part::all;
};

struct DeployResult {
  Release release;
  Run run;
  bool healthy = true;              // every probe, or there are none
  std::vector<std::string> health;  // what the probes said, a sentence each
  std::vector<std::string> warnings;
};

// `unhealthy` is a value: the release stays `migrated`, and its run says so. Errors: Exit::refused where what it needs
// is not given ("no_snapshot", "dirty_tree", "dirty_migrations", "unfinished_run"), before anything is
// changed; Exit::partial after the migrations began: the Error says what state things are in.
// State after a failure: the release's record says how far it came.
[[nodiscard]] DeployResult deploy(Repository& repository, const Config& config, const DatabaseConfig& database,
                                  const DeployOptions& options, Observer& observer);

// Goes on with a deploy whose process died, from the step that it was in. `command`: again, where it was given.
[[nodiscard]] DeployResult resume_deploy(Repository& repository, const Config& config, const DatabaseConfig& database,
                                         const CommandLine& command, Observer& observer);

}  // namespace dbrollback
