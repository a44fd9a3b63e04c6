// How `migrate plan` and `migrate rehearse` speak.
#pragma once

#include "dbrollback/migrate.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

// `places`: as of say_status.
void say_plan(cli::Context& context, const MigrationPlan& plan, const std::string& places);
void say_rehearsal(cli::Context& context, const RehearsalReport& report);

}  // namespace dbrollback::commands
