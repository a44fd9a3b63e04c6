// "Which one?": the snapshots that a bare `restore` offers.
#pragma once

#include "dbrollback/repository.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

// Lists the newest snapshots and lets the person at the terminal choose. Throws Error: Exit::usage without a terminal
// or without snapshots, Exit::refused when none is chosen.
[[nodiscard]] SnapshotSummary choose_snapshot(cli::Context& context, Repository& repository);

}  // namespace dbrollback::commands
