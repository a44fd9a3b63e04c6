// A lock between processes on a file, by flock(2): the kernel releases it when its holder dies, however it dies. A
// program that was started with it (Command::lock) is a holder, too.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "engine/base/file.hpp"

namespace dbrollback::base {

class FileLock {
 public:
  enum class Kind { shared, exclusive };

  FileLock() = default;
  // Creates the file when needed, and waits up to `timeout` for the lock. `purpose` says in the Error (Exit::busy)
  // what is being waited for: "another snapshot of app".
  FileLock(const fs::path& path, Kind kind, std::chrono::milliseconds timeout, const std::string& purpose,
           mode_t permissions);

  // Without waiting; false when somebody else has it.
  [[nodiscard]] static bool try_exclusive(const fs::path& path, mode_t permissions, FileLock& lock);

  // For all holders of this lock. Never throws.
  void release() noexcept;
  [[nodiscard]] int fd() const { return file_.fd(); }

 private:
  File file_;
};

}  // namespace dbrollback::base
