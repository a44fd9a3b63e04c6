// A folder for the length of one command, which goes with everything in it. One that a killed command left behind is
// removed by the next that makes one with the same beginning: its lock, a flock(2) on the folder, is free then.
#pragma once

#include "engine/base/file.hpp"

namespace dbrollback::base {

class TemporaryFolder {
 public:
  // Makes `beginning` and some random digits, for this account alone. Throws Error naming what could not be made.
  explicit TemporaryFolder(const fs::path& beginning);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  File lock_;
};

}  // namespace dbrollback::base
