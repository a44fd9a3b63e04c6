#include "tools/cli/input.hpp"

#include <unistd.h>

#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {

void declare_input(Options& options, InputArguments& arguments) {
  options.text("input", "-", arguments.input,
               "read the snapshot from standard input, as `snapshot --output -` wrote it");
  options.text("spool", "DIR", arguments.spool,
               "where the snapshot from --input - is unpacked for the while (default $TMPDIR or /tmp)");
}

void check_input(const InputArguments& arguments, const std::string& command) {
  if (!arguments.spool.empty() && !arguments.given()) {
    fail_usage("conflicting_options", "--spool goes with --input - only", "--spool", "leave --spool out");
  }
  if (!arguments.given()) return;
  const std::string usage = "dbrollback " + command + " --input - < ";
  if (arguments.input != "-") {
    fail_usage("bad_value", "--input takes only '-', standard input", "--input", usage + shell_quote(arguments.input));
  }
  if (isatty(STDIN_FILENO) == 1) {
    fail_usage("input_is_terminal", "standard input is a terminal, not a snapshot", "--input", usage + "FILE.tar");
  }
}

std::unique_ptr<SpooledSnapshot> read_input(Context& context, const InputArguments& arguments) {
  ConsoleObserver observer(context.console());
  return std::make_unique<SpooledSnapshot>(STDIN_FILENO, arguments.spool, observer);
}

}  // namespace dbrollback::cli
