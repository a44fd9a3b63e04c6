// How `migrate plan` and `migrate rehearse` speak.
#pragma once

#include "dbrollback/migrate.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

void say_plan(cli::Context& context, const MigrationPlan& plan);
void say_rehearsal(cli::Context& context, const RehearsalReport& report);

}  // namespace dbrollback::commands
