// The options of all commands, and the words of a command line.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/options.hpp"

namespace dbrollback::cli {

struct GlobalOptions {
  std::string config;
  std::string repository;
  std::string database;
  bool json = false;
  bool yes = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
  bool help = false;
  bool version = false;
};

// `target` must outlive what is returned.
[[nodiscard]] Options declare_global(GlobalOptions& target);

struct CommandLine {
  std::string command;             // empty: none was given
  std::vector<std::string> words;  // everything else, in its order
};

// Finds the command, which may stand after global options. Throws Error (Exit::usage) for another option before it.
[[nodiscard]] CommandLine find_command(std::vector<std::string> words, const Options& global);

// Whether `flag` was typed: for what must be known before everything is parsed, such as how to report a mistake.
[[nodiscard]] bool typed(const std::vector<std::string>& words, const std::string& flag);

}  // namespace dbrollback::cli
