// What `rollback` says of a plan, and of how it went.
#pragma once

#include "dbrollback/rollback.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

void say_rollback_plan(cli::Context& context, const RollbackPlan& plan);
void say_rolled_back(cli::Context& context, const RollbackResult& result);

}  // namespace dbrollback::commands
