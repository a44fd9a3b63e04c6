#include "engine/base/system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace dbrollback::base {

namespace {

System& real() {
  static System system;
  return system;
}

System* replacement = nullptr;

}  // namespace

System& system() { return replacement != nullptr ? *replacement : real(); }

ReplacedSystem::ReplacedSystem(System& other) : before_(std::exchange(replacement, &other)) {}
ReplacedSystem::~ReplacedSystem() { replacement = before_; }

int System::open(const char* path, int flags, mode_t permissions) { return ::open(path, flags, permissions); }
int System::close(int fd) { return ::close(fd); }
ssize_t System::pread(int fd, void* into, std::size_t size, off_t offset) { return ::pread(fd, into, size, offset); }
ssize_t System::write(int fd, const void* bytes, std::size_t size) { return ::write(fd, bytes, size); }
int System::fsync(int fd) { return ::fsync(fd); }
int System::sync_file_range(int fd, off_t offset, off_t size, unsigned flags) {
  return ::sync_file_range(fd, offset, size, flags);
}

int System::ftruncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int System::flock(int fd, int operation) { return ::flock(fd, operation); }

int System::stat(const char* path, struct stat& info) { return ::stat(path, &info); }
int System::lstat(const char* path, struct stat& info) { return ::lstat(path, &info); }
int System::fstat(int fd, struct stat& info) { return ::fstat(fd, &info); }
int System::statfs(const char* path, struct statfs& info) { return ::statfs(path, &info); }
int System::statvfs(const char* path, struct statvfs& info) { return ::statvfs(path, &info); }
int System::access(const char* path, int mode) { return ::access(path, mode); }

int System::real_path(const char* path, std::string& real) {
  const std::unique_ptr<char, decltype([](char* text) { std::free(text); })> found(::realpath(path, nullptr));
  if (!found) {
    return -1;
  }
  real = found.get();
  return 0;
}

int System::list(const char* path, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, decltype([](DIR* folder) { (void)::closedir(folder); })> folder(::opendir(path));
  if (!folder) {
    return -1;
  }
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
    errno = 0;
  }
  return errno == 0 ? 0 : -1;
}

int System::mkdir(const char* path, mode_t permissions) { return ::mkdir(path, permissions); }
int System::rmdir(const char* path) { return ::rmdir(path); }
int System::unlink(const char* path) { return ::unlink(path); }
int System::rename(const char* from, const char* to) { return ::rename(from, to); }
int System::rename_no_replace(const char* from, const char* to) {
  return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}
int System::link(const char* from, const char* to) { return ::link(from, to); }
int System::chmod(const char* path, mode_t permissions) { return ::chmod(path, permissions); }
int System::fchmod(int fd, mode_t permissions) { return ::fchmod(fd, permissions); }
int System::chown(const char* path, uid_t user, gid_t group) { return ::chown(path, user, group); }
int System::fchown(int fd, uid_t user, gid_t group) { return ::fchown(fd, user, group); }

namespace {

// What posix_spawn(3) wants prepared. Each of its functions returns an error number, 0 when done.
class SpawnPlan {
 public:
  SpawnPlan() {
    (void)::posix_spawn_file_actions_init(&actions_);  // neither fails in glibc
    (void)::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    (void)::posix_spawn_file_actions_destroy(&actions_);
    (void)::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  SpawnPlan(SpawnPlan&&) = delete;
  SpawnPlan& operator=(SpawnPlan&&) = delete;

  [[nodiscard]] int carry_out(const Spawn& what, pid_t& pid) {
    int error = 0;
    const auto done = [&](int result) { return (error = result) == 0; };
    const auto [in, out, err] = what.standard;
    sigset_t none;
    sigset_t defaults;  // of what a program may have ignored and its children must not
    (void)::sigemptyset(&none);
    (void)::sigemptyset(&defaults);
    (void)::sigaddset(&defaults, SIGPIPE);
    (void)::sigaddset(&defaults, SIGTERM);
    (void)(done(in < 0 ? ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0)
                       : ::posix_spawn_file_actions_adddup2(&actions_, in, 0)) &&
           done(::posix_spawn_file_actions_adddup2(&actions_, out, 1)) &&
           done(::posix_spawn_file_actions_adddup2(&actions_, err, 2)) &&
           done(what.kept < 0 ? 0 : ::posix_spawn_file_actions_adddup2(&actions_, what.kept, 3)) &&
           done(::posix_spawn_file_actions_addclosefrom_np(&actions_, what.kept < 0 ? 3 : 4)) &&
           done(what.folder == nullptr ? 0 : ::posix_spawn_file_actions_addchdir_np(&actions_, what.folder)) &&
           done(::posix_spawnattr_setpgroup(&attributes_, 0)) &&
           done(::posix_spawnattr_setsigmask(&attributes_, &none)) &&
           done(::posix_spawnattr_setsigdefault(&attributes_, &defaults)) &&
           done(::posix_spawnattr_setflags(&attributes_,
                                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) &&
           done(::posix_spawn(&pid, what.program, &actions_, &attributes_, what.arguments, what.environment)));
    return error;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

int System::spawn(const Spawn& what, pid_t& pid) {
  errno = SpawnPlan().carry_out(what, pid);
  return errno == 0 ? 0 : -1;
}

int System::wait(pid_t pid, siginfo_t& info, int options) {
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, options);
}

int System::kill(pid_t pid, int signal) { return ::kill(pid, signal); }
int System::pipe(std::array<int, 2>& ends) { return ::pipe2(ends.data(), O_CLOEXEC); }
ssize_t System::read(int fd, void* into, std::size_t size) { return ::read(fd, into, size); }
int System::poll(std::span<pollfd> watched, std::chrono::milliseconds timeout) {
  return ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
}

std::chrono::system_clock::time_point System::now() { return std::chrono::system_clock::now(); }

void System::reached(std::string_view /*point*/) {}

}  // namespace dbrollback::base
