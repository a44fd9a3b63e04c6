#include "engine/base/permissions.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"

namespace dbrollback::base {

unsigned permissions_of(const fs::path& path) {
  struct stat info {};
  if (system().stat(path.c_str(), info) != 0) {
    fail_errno(errno, "look at", path);
  }
  return info.st_mode & 07777U;
}

}  // namespace dbrollback::base
