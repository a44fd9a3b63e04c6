// Who may use a file.
#pragma once

#include "engine/base/file.hpp"

namespace dbrollback::base {

// Of the file that `path` leads to: its lowest twelve bits, as chmod(2) has them. Throws Error where it is not there.
[[nodiscard]] unsigned permissions_of(const fs::path& path);

}  // namespace dbrollback::base
