// The one seam to the machine: each call that the engine makes of its storage, of /proc, of other programs and of the
// wall clock. Tests put a System of their own in its place that fails, kills or loses; the product knows none but this
// one. SQLite has a seam of its own, its VFS, and does not come through here.
//
// Only engine/base calls these functions, in file.hpp, lock.hpp, processes.hpp, run.hpp and time.hpp, which turn
// failures into Error. What the rest of the engine takes from this header is `reached`.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct statfs;
struct statvfs;

namespace dbrollback::base {

// A program to start. Texts and lists are the caller's, and end in a null as execve(2) has them.
struct Spawn {
  const char* program = nullptr;  // its path
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;             // null: this process's
  std::array<int, 3> standard{-1, -1, -1};  // becomes its 0, 1 and 2, each from 3 on; no input (-1): /dev/null
  int kept = -1;                            // one more that it has open, as its 3; -1: none
};

// Each function is the system call of its name: -1 and errno after a failure, and EINTR is the caller's to see.
class System {
 public:
  System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  System(System&&) = delete;
  System& operator=(System&&) = delete;
  virtual ~System() = default;

  virtual int open(const char* path, int flags, mode_t permissions);
  virtual int close(int fd);
  virtual ssize_t pread(int fd, void* into, std::size_t size, off_t offset);
  virtual ssize_t write(int fd, const void* bytes, std::size_t size);
  virtual int fsync(int fd);
  virtual int sync_file_range(int fd, off_t offset, off_t size, unsigned flags);
  virtual int ftruncate(int fd, off_t size);
  virtual int flock(int fd, int operation);

  virtual int stat(const char* path, struct stat& info);
  virtual int lstat(const char* path, struct stat& info);
  virtual int fstat(int fd, struct stat& info);
  virtual int statfs(const char* path, struct statfs& info);
  virtual int statvfs(const char* path, struct statvfs& info);
  virtual int access(const char* path, int mode);
  virtual int real_path(const char* path, std::string& real);
  // The names in a folder, without "." and "..".
  virtual int list(const char* path, std::vector<std::string>& names);

  virtual int mkdir(const char* path, mode_t permissions);
  virtual int rmdir(const char* path);
  virtual int unlink(const char* path);
  virtual int rename(const char* from, const char* to);
  virtual int rename_no_replace(const char* from, const char* to);
  virtual int link(const char* from, const char* to);
  virtual int chmod(const char* path, mode_t permissions);
  virtual int fchmod(int fd, mode_t permissions);
  virtual int chown(const char* path, uid_t user, gid_t group);
  virtual int fchown(int fd, uid_t user, gid_t group);

  // The first of a process group of its own, with no signal blocked, and no descriptor but its 0, 1 and 2.
  virtual int spawn(const Spawn& what, pid_t& pid);
  virtual int wait(pid_t pid, siginfo_t& info, int options);  // waitid(2)
  virtual int kill(pid_t pid, int signal);
  virtual int pipe(std::array<int, 2>& ends);  // to read from, to write to; closed on exec
  virtual ssize_t read(int fd, void* into, std::size_t size);
  virtual int poll(std::span<pollfd> watched, std::chrono::milliseconds timeout);

  [[nodiscard]] virtual std::chrono::system_clock::time_point now();

  // A named point that a crash must leave in order. Tests die here.
  virtual void reached(std::string_view point);
};

// The one in use.
[[nodiscard]] System& system();

// Puts another System in its place for as long as it lives. Both must outlive every call; one thread.
class ReplacedSystem {
 public:
  explicit ReplacedSystem(System& other);
  ReplacedSystem(const ReplacedSystem&) = delete;
  ReplacedSystem& operator=(const ReplacedSystem&) = delete;
  ReplacedSystem(ReplacedSystem&&) = delete;
  ReplacedSystem& operator=(ReplacedSystem&&) = delete;
  ~ReplacedSystem();

 private:
  System* before_;
};

// Makes a call again for as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

// Says that a step is done after which a crash must leave everything in order: reached("segment committed"). The points
// of the engine are those that `grep -rn 'base::reached('` lists; a test ends the program at each.
inline void reached(std::string_view point) { system().reached(point); }

}  // namespace dbrollback::base
