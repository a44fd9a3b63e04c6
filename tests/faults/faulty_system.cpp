#include "tests/faults/faulty_system.hpp"

#include <fcntl.h>

#include <cerrno>

namespace dbrollback::test {

bool FaultySystem::fails(std::string_view call, const std::string& object) {
  const auto fault = injector_->before(call, object);
  errno = fault.error;
  return fault.error != 0;
}

std::string FaultySystem::name_of(int fd) {
  const std::scoped_lock lock(mutex_);
  const auto at = names_.find(fd);
  return at != names_.end() ? at->second : std::string();
}

int FaultySystem::open(const char* path, int flags, mode_t permissions) {
  if (fails((flags & O_CREAT) != 0 ? "create" : "open", path)) {
    return -1;
  }
  const int fd = System::open(path, flags, permissions);
  if (fd >= 0) {
    const std::scoped_lock lock(mutex_);
    names_[fd] = path;
  }
  return fd;
}

int FaultySystem::close(int fd) {
  const bool failed = fails("close", name_of(fd));
  const int error = errno;
  {
    const std::scoped_lock lock(mutex_);
    names_.erase(fd);
  }
  const int result = System::close(fd);  // also when it fails: Linux closes the descriptor all the same
  if (failed) {
    errno = error;
  }
  return failed ? -1 : result;
}

ssize_t FaultySystem::pread(int fd, void* into, std::size_t size, off_t offset) {
  return fails("read", name_of(fd)) ? -1 : System::pread(fd, into, size, offset);
}

ssize_t FaultySystem::write(int fd, const void* bytes, std::size_t size) {
  const auto fault = injector_->before("write", name_of(fd));
  if (fault.error != 0) {
    errno = fault.error;
    return -1;
  }
  return System::write(fd, bytes, fault.is_short && size > 1 ? size / 2 : size);
}

int FaultySystem::fsync(int fd) {
  const std::string name = name_of(fd);
  if (fails("sync", name)) {
    return -1;
  }
  const int result = System::fsync(fd);
  struct stat info {};
  if (result == 0 && System::fstat(fd, info) == 0) {
    S_ISDIR(info.st_mode) ? injector_->synced_folder(name) : injector_->synced_file(name);
  }
  return result;
}

int FaultySystem::ftruncate(int fd, off_t size) {
  return fails("truncate", name_of(fd)) ? -1 : System::ftruncate(fd, size);
}
int FaultySystem::flock(int fd, int operation) {
  return fails("lock", name_of(fd)) ? -1 : System::flock(fd, operation);
}
int FaultySystem::stat(const char* path, struct stat& info) {
  return fails("stat", path) ? -1 : System::stat(path, info);
}
int FaultySystem::lstat(const char* path, struct stat& info) {
  return fails("stat", path) ? -1 : System::lstat(path, info);
}
int FaultySystem::fstat(int fd, struct stat& info) { return fails("stat", name_of(fd)) ? -1 : System::fstat(fd, info); }
int FaultySystem::statfs(const char* path, struct statfs& info) {
  return fails("disk", path) ? -1 : System::statfs(path, info);
}
int FaultySystem::statvfs(const char* path, struct statvfs& info) {
  return fails("disk", path) ? -1 : System::statvfs(path, info);
}
int FaultySystem::access(const char* path, int mode) { return fails("access", path) ? -1 : System::access(path, mode); }
int FaultySystem::list(const char* path, std::vector<std::string>& names) {
  return fails("list", path) ? -1 : System::list(path, names);
}
int FaultySystem::mkdir(const char* path, mode_t permissions) {
  return fails("mkdir", path) ? -1 : System::mkdir(path, permissions);
}
int FaultySystem::rmdir(const char* path) { return fails("rmdir", path) ? -1 : System::rmdir(path); }
int FaultySystem::unlink(const char* path) { return fails("unlink", path) ? -1 : System::unlink(path); }
int FaultySystem::rename(const char* from, const char* to) {
  return fails("rename", to) ? -1 : System::rename(from, to);
}
int FaultySystem::rename_no_replace(const char* from, const char* to) {
  return fails("rename", to) ? -1 : System::rename_no_replace(from, to);
}
int FaultySystem::link(const char* from, const char* to) { return fails("link", to) ? -1 : System::link(from, to); }
int FaultySystem::chmod(const char* path, mode_t permissions) {
  return fails("chmod", path) ? -1 : System::chmod(path, permissions);
}
int FaultySystem::fchmod(int fd, mode_t permissions) {
  return fails("chmod", name_of(fd)) ? -1 : System::fchmod(fd, permissions);
}
int FaultySystem::chown(const char* path, uid_t user, gid_t group) {
  return fails("chown", path) ? -1 : System::chown(path, user, group);
}
int FaultySystem::fchown(int fd, uid_t user, gid_t group) {
  return fails("chown", name_of(fd)) ? -1 : System::fchown(fd, user, group);
}
void FaultySystem::reached(std::string_view point) { injector_->reached(point); }

}  // namespace dbrollback::test
