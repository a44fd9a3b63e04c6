// How `migrate` speaks of migrations.
#pragma once

#include "dbrollback/migrate.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

// `places`: options that what it says to type next needs, with a blank before them.
void say_status(cli::Context& context, const MigrateStatus& status, const std::string& places);

// What was run, a line a migration, with its statements where one of them took long or all are wanted (--verbose).
void say_result(cli::Context& context, const MigrateResult& result, bool up);

}  // namespace dbrollback::commands
