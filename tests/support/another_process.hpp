// Another process, for what only another process can show.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace dbrollback::test {

// Holds what `hold` returns until it is killed. It has it once the constructor is done.
class AnotherProcess {
 public:
  template <class Hold>
  explicit AnotherProcess(Hold hold) {
    int ready[2] = {-1, -1};
    if (::pipe(ready) != 0) {
      return;
    }
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto held = hold();
      (void)!::write(ready[1], "x", 1);
      while (true) {
        (void)::pause();
      }
    }
    (void)::close(ready[1]);
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);
    (void)::close(ready[0]);
  }
  ~AnotherProcess() { kill(); }
  AnotherProcess(const AnotherProcess&) = delete;
  AnotherProcess& operator=(const AnotherProcess&) = delete;
  AnotherProcess(AnotherProcess&&) = delete;
  AnotherProcess& operator=(AnotherProcess&&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void kill() {
    if (pid_ > 0) {
      (void)::kill(pid_, SIGKILL);
      (void)::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace dbrollback::test
