// A command: what the overview, its help text and the parser know about it, and what it does.
#pragma once

#include <functional>
#include <string>

#include "tools/cli/context.hpp"
#include "tools/cli/help.hpp"
#include "tools/cli/options.hpp"

namespace dbrollback::cli {

struct Command {
  std::string name;
  std::string summary;  // a few words, for the overview
  Help help;
  Options options;
  // Throws Error for what ends the command. Expected outcomes are exit statuses.
  std::function<Exit(Context&)> run;
};

}  // namespace dbrollback::cli
