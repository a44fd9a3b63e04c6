// Pipes to and from other programs.
#pragma once

#include <sys/types.h>

#include "engine/base/bytes.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::base {

// One end of a pipe, closed on exec; closes itself. Movable.
class PipeEnd {
 public:
  PipeEnd() = default;
  explicit PipeEnd(int fd) : fd_(fd) {}
  PipeEnd(PipeEnd&& other) noexcept;
  PipeEnd& operator=(PipeEnd&& other) noexcept;
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;
  ~PipeEnd() { close(); }

  [[nodiscard]] int fd() const { return fd_; }  // -1: closed
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

struct Pipe {
  PipeEnd from;
  PipeEnd to;
};

// Its descriptors are from 3 on.
[[nodiscard]] Pipe make_pipe();

// What several processes may write to as to one pipe: the end of a file, which is made for this account alone where it
// is missing. From 3 on too. Throws Error naming the file.
[[nodiscard]] PipeEnd open_log(const fs::path& path);

// Writing fails with EAGAIN where it would wait.
void make_nonblocking(const PipeEnd& end);

// write(2) without its SIGPIPE, whatever the program does with signals.
[[nodiscard]] ssize_t write_quietly(const PipeEnd& to, ByteView bytes);

}  // namespace dbrollback::base
