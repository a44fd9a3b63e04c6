// The calls of base::System, each after the injector was asked.
#pragma once

#include <map>

#include "engine/base/system.hpp"
#include "tests/faults/injector.hpp"

namespace dbrollback::test {

class FaultySystem final : public base::System {
 public:
  explicit FaultySystem(Injector& injector) : injector_(&injector) {}

  int open(const char* path, int flags, mode_t permissions) override;
  int close(int fd) override;
  ssize_t pread(int fd, void* into, std::size_t size, off_t offset) override;
  ssize_t write(int fd, const void* bytes, std::size_t size) override;
  int fsync(int fd) override;
  int ftruncate(int fd, off_t size) override;
  int flock(int fd, int operation) override;
  int stat(const char* path, struct stat& info) override;
  int lstat(const char* path, struct stat& info) override;
  int fstat(int fd, struct stat& info) override;
  int statfs(const char* path, struct statfs& info) override;
  int statvfs(const char* path, struct statvfs& info) override;
  int access(const char* path, int mode) override;
  int list(const char* path, std::vector<std::string>& names) override;
  int mkdir(const char* path, mode_t permissions) override;
  int rmdir(const char* path) override;
  int unlink(const char* path) override;
  int rename(const char* from, const char* to) override;
  int rename_no_replace(const char* from, const char* to) override;
  int link(const char* from, const char* to) override;
  int chmod(const char* path, mode_t permissions) override;
  int fchmod(int fd, mode_t permissions) override;
  int chown(const char* path, uid_t user, gid_t group) override;
  int fchown(int fd, uid_t user, gid_t group) override;
  void reached(std::string_view point) override;

 private:
  // True, with errno set, when the call is to fail.
  bool fails(std::string_view call, const std::string& object);
  [[nodiscard]] std::string name_of(int fd);

  Injector* injector_;
  std::mutex mutex_;
  std::map<int, std::string> names_;
};

}  // namespace dbrollback::test
