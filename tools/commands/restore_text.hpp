// A restore in words: what it would do, and what it did.
#pragma once

#include "dbrollback/restore.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

void say_plan(cli::Console& console, const RestorePlan& plan);

void say_written_since(cli::Console& console, const WrittenSinceSwap& since);

// `again` knows how to type the way back.
void say_result(cli::Context& context, const RestorePlan& plan, const RestoreResult& result);

}  // namespace dbrollback::commands
