// What `deploy` and `hook` share: carrying one out, and what to do when the application is not healthy.
#pragma once

#include <functional>
#include <string>

#include "dbrollback/deploy.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/options.hpp"

namespace dbrollback::commands {

struct DeployArguments {
  std::string app_version;
  std::string previous;
  std::string level;
  std::string require;
  std::string on_unhealthy;
  std::vector<std::string> despite;
  std::vector<std::string> command;
  bool snapshot_after = false;
  bool no_snapshot_after = false;
  bool no_app = false;
  bool resume = false;
  bool abandon = false;
};

void declare_deploy(cli::Options& options, DeployArguments& arguments);

[[nodiscard]] DeployOptions deploy_options(const DeployArguments& arguments);

// Runs it, says how it ended, and goes back where the application is not healthy and `on_unhealthy` says so.
Exit carry_out(cli::Context& context, const std::string& on_unhealthy,
               const std::function<DeployResult(Repository&, const DatabaseConfig&, Observer&)>& deploy);

}  // namespace dbrollback::commands
