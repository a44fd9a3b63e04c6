#include "tools/cli/interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>

namespace dbrollback::cli {
namespace {

std::atomic<int> interrupt_flag{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

constexpr int watched[] = {SIGINT, SIGTERM, SIGHUP};

extern "C" void on_interrupt(int /*signal*/) {
  const int error = errno;  // of whatever was interrupted
  interrupt_flag = 1;
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (const int signal : watched) sigaction(signal, &standard, nullptr);
  errno = error;
}

}  // namespace

void watch_for_interrupts() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);

  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  for (const int signal : watched) {
    struct sigaction current {};
    sigaction(signal, nullptr, &current);
    if (current.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

bool interrupted() { return interrupt_flag != 0; }

}  // namespace dbrollback::cli
