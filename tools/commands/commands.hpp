// The commands, one file each.
#pragma once

#include "tools/cli/command.hpp"

namespace dbrollback::commands {

[[nodiscard]] cli::Command init_command();
[[nodiscard]] cli::Command doctor_command();
[[nodiscard]] cli::Command snapshot_command();
[[nodiscard]] cli::Command list_command();
[[nodiscard]] cli::Command show_command();
[[nodiscard]] cli::Command verify_command();
[[nodiscard]] cli::Command restore_command();
[[nodiscard]] cli::Command diff_command();
[[nodiscard]] cli::Command migrate_command();
[[nodiscard]] cli::Command export_command();
[[nodiscard]] cli::Command report_command();
[[nodiscard]] cli::Command releases_command();
[[nodiscard]] cli::Command prune_command();
[[nodiscard]] cli::Command pin_command();
[[nodiscard]] cli::Command unpin_command();
[[nodiscard]] cli::Command catalog_command();
[[nodiscard]] cli::Command deploy_command();
[[nodiscard]] cli::Command hook_command();
[[nodiscard]] cli::Command rollback_command();
[[nodiscard]] cli::Command status_command();
[[nodiscard]] cli::Command version_command();

}  // namespace dbrollback::commands
