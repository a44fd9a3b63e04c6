// Running other programs: the one place that does. By argument vector, never through a shell.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::base {

class FileLock;

// What to run. Neither its arguments nor its environment get into the text of an Error; keeping secrets out of the
// arguments, which every account of this machine can see, is the caller's.
struct Command {
  std::vector<std::string> arguments{};              // the program first: looked up in PATH unless it has a slash
  std::map<std::string, std::string> environment{};  // on top of this process's
  // Which of this process's variables the program gets; nothing: all.
  std::function<bool(std::string_view name)> inherits{};
  fs::path folder{};                     // to work in; empty: this process's
  std::chrono::milliseconds timeout{0};  // 0: none

  // Of the output and of the messages, each: what is more is left out of the middle, and a line there says so.
  std::size_t most_output = 1U << 20U;
  // Takes the output in pieces instead of having it kept.
  std::function<void(ByteView)> take_output{};
  // The next piece of the program's input, and an empty one at its end. Without it the input is /dev/null. Not asked
  // any more once the program has closed its input, which is no failure.
  std::function<Bytes()> give_input{};
  // Asked about ten times a second; throws to stop the program.
  std::function<void()> tick{};

  // A file at whose end its output and its messages go, instead of anywhere above; made where it is missing.
  fs::path log{};

  // Its output and its messages go to this process's own standard error, as they come.
  bool to_stderr = false;

  // As root: the account to run as, with its groups, by setpriv(1).
  std::string as_user{};
  // Which the program holds, too, and all that it starts, until the last of them has ended. Must outlive the run.
  const FileLock* lock = nullptr;
  // What the program gets when the thread that started it dies, however it dies; also by setpriv(1). 0: SIGTERM with
  // `as_user`, nothing without.
  int death_signal = 0;
  // What to install where the program is missing, for people: "the Debian package postgresql-client-15".
  std::string install{};
};

struct Outcome {
  int status = 0;  // what it exited with
  int signal = 0;  // that ended it, or 0
  bool timed_out = false;
  std::string output;    // its stdout
  std::string messages;  // its stderr

  [[nodiscard]] bool succeeded() const { return status == 0 && signal == 0 && !timed_out; }
};

// Runs it, and returns when it has ended: also when it failed, which is in the Outcome. Processes that it started and
// that keep its output open are waited for a second more, and stay.
//
// Throws Error "no_program" where it is missing or cannot be executed, and what `tick`, `take_output` and `give_input`
// throw. Then, and after `timeout`, the program and all of its process group are terminated: by SIGTERM, and SIGKILL
// when it is there after two more seconds. Nothing of the group is left when run returns. Any thread; the callbacks are
// called from it.
[[nodiscard]] Outcome run(const Command& command);

// The path of a program: the first one in an absolute folder of PATH that this account may execute.
[[nodiscard]] std::optional<fs::path> find_program(const std::string& name);

}  // namespace dbrollback::base
