// Commands in a configuration: argument vectors, never lines for a shell.
#pragma once

#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

// ["systemctl", "stop", "web"]; an empty list: none.
[[nodiscard]] CommandLine read_command(const Item& item);
// The same, but there must be one.
[[nodiscard]] CommandLine needed_command(const Item& item);
// One command, or a list of them; an empty list: none.
[[nodiscard]] std::vector<CommandLine> read_commands_of(const Item& item);

}  // namespace dbrollback::config
