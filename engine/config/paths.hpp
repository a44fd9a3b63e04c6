// Absolute paths.
#pragma once

#include <filesystem>

namespace dbrollback::config {

// `path` from `folder`, and that from the working directory: normal, without a '/' at its end. The working directory is
// looked at only when it matters. Throws Error (Exit::usage) when it is gone.
[[nodiscard]] std::filesystem::path absolute_from(const std::filesystem::path& folder,
                                                  const std::filesystem::path& path);

}  // namespace dbrollback::config
