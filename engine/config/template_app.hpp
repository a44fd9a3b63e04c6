// The part of a new configuration file that is about the application.
#pragma once

#include <string>

namespace dbrollback::config {

// Commented out: [app], [[health]] and [[notify]].
[[nodiscard]] std::string application_example();

}  // namespace dbrollback::config
