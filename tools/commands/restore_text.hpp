// A restore in words: what it would do, and what it did.
#pragma once

#include <string>

#include "dbrollback/restore.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

void say_plan(cli::Console& console, const RestorePlan& plan);

void say_written_since(cli::Console& console, const WrittenSinceSwap& since);

// `context` knows how to type the way back; `into`: the option --into as it was given, where the target is another
// database of a server.
void say_result(cli::Context& context, const RestorePlan& plan, const RestoreResult& result, const std::string& into);

}  // namespace dbrollback::commands
