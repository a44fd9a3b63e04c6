#include "engine/config/paths.hpp"

#include <system_error>

#include "engine/base/fail.hpp"

namespace dbrollback::config {

namespace {

namespace fs = std::filesystem;

fs::path working_folder() {
  std::error_code error;
  fs::path folder = fs::current_path(error);
  if (error) {
    base::fail_usage("no_working_directory", "the working directory is not there any more", {},
                     "change to one that is, or give absolute paths");
  }
  return folder;
}

}  // namespace

fs::path absolute_from(const fs::path& folder, const fs::path& path) {
  fs::path whole = folder / path;
  if (!whole.is_absolute()) {
    whole = working_folder() / whole;
  }
  whole = whole.lexically_normal();
  return whole.has_filename() || !whole.has_relative_path() ? whole : whole.parent_path();
}

}  // namespace dbrollback::config
