// Which processes have a file open, or locked.
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

// The processes that hold a lock on one of `paths` now; where the system does not say, those that have one open.
[[nodiscard]] Holders lockers_of(const std::vector<fs::path>& paths);

// "process 1234 gunicorn and process 99 python3", or "another process" where it could not be seen.
[[nodiscard]] std::string describe(const Holders& holders);

}  // namespace dbrollback::base
