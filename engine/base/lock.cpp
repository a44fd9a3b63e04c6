#include "engine/base/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "engine/base/fail.hpp"
#include "engine/base/processes.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

File open_lock(const fs::path& path, mode_t permissions) {
  if (stat_file(path)) {
    return {path, File::Mode::read};
  }
  try {
    return {path, File::Mode::create_new, permissions};
  } catch (const Error&) {
    if (!stat_file(path)) {
      throw;
    }
    return {path, File::Mode::read};  // somebody else made it first
  }
}

bool try_lock(const File& file, FileLock::Kind kind) {
  const int operation = (kind == FileLock::Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  if (uninterrupted([&] { return system().flock(file.fd(), operation); }) == 0) {
    return true;
  }
  if (errno != EWOULDBLOCK) {
    fail_errno(errno, "lock", file.path());
  }
  return false;
}

}  // namespace

FileLock::FileLock(const fs::path& path, Kind kind, std::chrono::milliseconds timeout, const std::string& purpose,
                   mode_t permissions)
    : file_(open_lock(path, permissions)) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!try_lock(file_, kind)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      fail({.code = "repository_busy",
            .exit = Exit::busy,
            .message = cat(purpose, " is running: ", describe(lockers_of({path}))),
            .object = path,
            .state = "nothing was changed",
            .next = "wait until it is done, then run this command again"});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void FileLock::release() noexcept {
  (void)uninterrupted([&] { return system().flock(file_.fd(), LOCK_UN); });
}

bool FileLock::try_exclusive(const fs::path& path, mode_t permissions, FileLock& lock) {
  File file = open_lock(path, permissions);
  if (!try_lock(file, Kind::exclusive)) {
    return false;
  }
  lock.file_ = std::move(file);
  return true;
}

}  // namespace dbrollback::base
