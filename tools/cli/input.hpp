// `--input -`: a snapshot that comes as a tar archive on standard input.
#pragma once

#include <memory>
#include <string>

#include "dbrollback/repository.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/options.hpp"

namespace dbrollback::cli {

struct InputArguments {
  std::string input;  // "-" or empty
  std::string spool;

  [[nodiscard]] bool given() const { return !input.empty(); }
};

void declare_input(Options& options, InputArguments& arguments);

// Throws Error (Exit::usage) for what makes no sense. `command` is the name of the command.
void check_input(const InputArguments& arguments, const std::string& command);

// Reads standard input to its end.
[[nodiscard]] std::unique_ptr<SpooledSnapshot> read_input(Context& context, const InputArguments& arguments);

}  // namespace dbrollback::cli
