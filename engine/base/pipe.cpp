#include "engine/base/pipe.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"

namespace dbrollback::base {

namespace {

// A program whose own 0, 1 or 2 is closed gets those for its pipes, where a child's would come in each other's way.
PipeEnd above_standard(PipeEnd end) {
  if (end.fd() > 2) {
    return end;
  }
  PipeEnd above(::fcntl(end.fd(), F_DUPFD_CLOEXEC, 3));
  if (!above.is_open()) {
    fail_errno(errno, "make", "a pipe");
  }
  return above;
}

}  // namespace

PipeEnd::PipeEnd(PipeEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

PipeEnd& PipeEnd::operator=(PipeEnd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void PipeEnd::close() {
  if (fd_ >= 0) {
    (void)system().close(std::exchange(fd_, -1));
  }
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (system().pipe(ends) != 0) {
    fail_errno(errno, "make", "a pipe");
  }
  PipeEnd from(ends[0]);
  PipeEnd to(ends[1]);
  return {.from = above_standard(std::move(from)), .to = above_standard(std::move(to))};
}

PipeEnd open_log(const fs::path& path) {
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  const int fd = uninterrupted([&] { return system().open(path.c_str(), flags, 0600); });
  if (fd < 0) {
    fail_errno(errno, "open", path);
  }
  return above_standard(PipeEnd(fd));
}

void make_nonblocking(const PipeEnd& end) {
  if (::fcntl(end.fd(), F_SETFL, O_NONBLOCK) != 0) {
    fail_errno(errno, "set up", "a pipe");
  }
}

ssize_t write_quietly(const PipeEnd& to, ByteView bytes) {
  sigset_t only;
  sigset_t before;
  sigset_t pending;
  (void)::sigemptyset(&only);
  (void)::sigaddset(&only, SIGPIPE);
  (void)::sigpending(&pending);
  // Blocked in this thread alone, and taken away again where this call has raised it.
  const bool was_pending = ::sigismember(&pending, SIGPIPE) == 1;
  (void)::pthread_sigmask(SIG_BLOCK, &only, &before);
  const ssize_t put = system().write(to.fd(), bytes.data(), bytes.size());
  const int error = errno;
  if (put < 0 && error == EPIPE && !was_pending) {
    const timespec at_once{};
    (void)uninterrupted([&] { return ::sigtimedwait(&only, nullptr, &at_once); });
  }
  (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return put;
}

}  // namespace dbrollback::base
