#include "tools/cli/ask.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "tools/cli/fail.hpp"
#include "tools/cli/interrupt.hpp"

namespace dbrollback::cli {
namespace {

constexpr const char* untouched = "nothing was changed";

// The descriptor that answers come from; -1 where there is none.
class Source {
 public:
  explicit Source(AnswersFrom from)
      : fd_(from == AnswersFrom::terminal ? open("/dev/tty", O_RDONLY | O_CLOEXEC) : STDIN_FILENO),
        owned_(from == AnswersFrom::terminal) {}
  ~Source() {
    if (owned_ && fd_ >= 0) close(fd_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  Source(Source&&) = delete;
  Source& operator=(Source&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  bool owned_;
};

// False at the end of the input, or when interrupted.
bool read_byte(int fd, char& byte) {
  pollfd wanted{.fd = fd, .events = POLLIN, .revents = 0};
  // read() would be started again after a signal, poll() never is.
  while (!interrupted()) {
    if (poll(&wanted, 1, -1) < 0 && errno == EINTR) continue;
    return read(fd, &byte, 1) == 1;
  }
  return false;
}

[[noreturn]] void fail_interrupted() {
  fail({.code = "interrupted",
        .exit = Exit::failed,
        .message = "interrupted",
        .object = {},
        .state = untouched,
        .next = {}});
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

bool can_ask(const Console& console, AnswersFrom from) {
  const Source source(from);
  return source.fd() >= 0 && isatty(source.fd()) == 1 && console.err_screen().terminal;
}

std::string ask(Console& console, const std::string& question, AnswersFrom from) {
  const Source source(from);
  console.prompt(question);
  std::string line;
  char byte = 0;
  while (read_byte(source.fd(), byte)) {
    if (byte == '\n') return trimmed(line);
    line += byte;
  }
  console.prompt("\n");
  if (interrupted()) fail_interrupted();
  return trimmed(line);
}

void confirm(Console& console, const std::string& question, const std::string& wanted, const std::string& doing,
             AnswersFrom from) {
  if (!can_ask(console, from)) {
    fail({.code = "not_confirmed",
          .exit = Exit::refused,
          .message = doing + " needs a confirmation, and there is no terminal to ask for it",
          .object = {},
          .state = untouched,
          .next = "if this is what you want, run the same command with --yes"});
  }
  if (ask(console, question, from) == wanted) return;
  fail({.code = "not_confirmed",
        .exit = Exit::refused,
        .message = doing + " was not confirmed",
        .object = {},
        .state = untouched,
        .next = {}});
}

std::size_t choose(Console& console, const std::string& question, std::size_t count) {
  while (true) {
    const std::string answer = ask(console, question, AnswersFrom::standard_input);
    std::size_t number = 0;
    const char* const end = answer.data() + answer.size();
    const auto [stop, error] = std::from_chars(answer.data(), end, number);
    if (error == std::errc{} && stop == end && number >= 1 && number <= count) return number;
    if (!answer.empty()) {
      console.prompt("Type a number from 1 to " + std::to_string(count) + ", or press Enter to choose none.\n");
      continue;
    }
    fail({.code = "not_confirmed",
          .exit = Exit::refused,
          .message = "nothing was chosen",
          .object = {},
          .state = untouched,
          .next = {}});
  }
}

}  // namespace dbrollback::cli
