// Copies of a file that is no longer a database, and of what lies beside it, before its place is emptied.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "dbrollback/error.hpp"

namespace dbrollback::restore {

class KeptAside {
 public:
  // Copies `files` (of which the first may be `target`) to names beside them that say when. Throws Error (Exit::busy)
  // when any process has one of them open: what it writes would be lost.
  KeptAside(const std::filesystem::path& target, const std::vector<std::filesystem::path>& files);

  [[nodiscard]] std::vector<std::filesystem::path> copies() const;

  // Leaves an empty file in place (inode, owner and mode stay) and no journals. Precondition: copies are made.
  void clear_place();

  // After a failure: everything as it was, from the copies. Throws Error (Exit::partial) when that fails too, saying
  // where the copies are.
  void put_back(const Error& reason);

 private:
  std::filesystem::path target_;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> copies_;  // original, copy
};

}  // namespace dbrollback::restore
