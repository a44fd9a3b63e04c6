// `dbrollback --help`: all commands on one page.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace dbrollback::commands {

// Commands that belong together.
struct Group {
  std::string title;
  std::vector<cli::Command> commands;
};

[[nodiscard]] std::string overview(const std::vector<Group>& groups, const cli::Options& global, std::size_t width);

}  // namespace dbrollback::commands
