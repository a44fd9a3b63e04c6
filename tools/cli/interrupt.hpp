// Ctrl-C and its kin.
#pragma once

namespace dbrollback::cli {

// From now on the first SIGINT, SIGTERM or SIGHUP only sets a flag, the second one ends the process; a write to a
// closed pipe fails instead of ending it. Signals that are ignored already (nohup) stay ignored.
void watch_for_interrupts();

[[nodiscard]] bool interrupted();

}  // namespace dbrollback::cli
