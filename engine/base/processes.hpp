// Which processes have a file open.
#pragma once

#include <string>
#include <vector>

#include "engine/base/file.hpp"

namespace dbrollback::base {

struct Holders {
  std::vector<std::string> processes;  // "1234 gunicorn", this process left out
  bool complete = true;                // false: some processes are of other users and could not be looked at
};

// Looks through /proc for open descriptors of any of `paths` (by device and inode, so that other names count too).
[[nodiscard]] Holders holders_of(const std::vector<fs::path>& paths);

// "1234 gunicorn and 99 python3", or "another process" where it could not be seen.
[[nodiscard]] std::string describe(const Holders& holders);

}  // namespace dbrollback::base
