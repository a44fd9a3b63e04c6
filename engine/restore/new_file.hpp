// A file that is there as a whole or not at all.
#pragma once

#include <filesystem>
#include <functional>

namespace dbrollback::restore {

// Gives `write` a path in a folder of its own, and what that makes there and syncs becomes `file`. Errors: "exists"
// (Exit::refused) when there is one; Exit::partial when the folder cannot be synced. State after any other failure:
// nothing is there.
void make_new_file(const std::filesystem::path& file,
                   const std::function<void(const std::filesystem::path& path)>& write);

}  // namespace dbrollback::restore
