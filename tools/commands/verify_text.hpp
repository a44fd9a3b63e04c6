// The outcome of a verification in words.
#pragma once

#include "dbrollback/verify.hpp"
#include "tools/cli/console.hpp"

namespace dbrollback::commands {

// One line, and one more for each finding.
void say_report(cli::Console& console, const VerifyReport& report);

}  // namespace dbrollback::commands
