#pragma once

namespace dbrollback {

// The version of this library, "major.minor.patch".
[[nodiscard]] const char* version();

}  // namespace dbrollback
