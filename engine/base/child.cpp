#include "engine/base/child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/base/account.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/lock.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

bool is_executable(const fs::path& path) {
  const auto entry = glance_at(path);
  return entry && entry->is_regular && why_no_access(path, X_OK) == 0;
}

[[noreturn]] void fail_no_program(const Command& command, const std::string& problem) {
  const std::string& name = command.arguments.front();
  fail(
      {.code = "no_program",
       .exit = Exit::failed,
       .message = cat("could not run ", printable(name), ": ", problem),
       .object = name,
       .state = {},
       .next = command.install.empty() ? "install it, or put its folder into PATH" : cat("install ", command.install)});
}

fs::path locate(const Command& command) {
  const std::string& name = command.arguments.front();
  if (name.find('/') == std::string::npos) {
    const auto found = find_program(name);
    if (!found) {
      fail_no_program(command, "there is no such program in a folder of PATH");
    }
    return *found;
  }
  fs::path path = fs::absolute(name);  // not from command.folder, where it is started
  if (!is_executable(path)) {
    fail_no_program(command, glance_at(path) ? "this account may not execute it" : "it is not there");
  }
  return path;
}

// Its path first, then its arguments.
std::vector<std::string> words_of(const Command& command) {
  std::vector<std::string> words = command.arguments;
  words.front() = locate(command);
  if (command.as_user.empty() && command.death_signal == 0) {
    return words;
  }
  const auto setpriv = find_program("setpriv");
  if (!setpriv) {
    fail_no_program({.arguments = {"setpriv"}, .install = "the Debian package util-linux"}, "it is not in PATH");
  }
  std::vector<std::string> first{*setpriv};
  if (!command.as_user.empty()) {
    const Account account = account_of(command.as_user);
    first.insert(first.end(), {cat("--reuid=", account.user), cat("--regid=", account.group), "--init-groups"});
  }
  const char* const name = ::sigabbrev_np(command.death_signal == 0 ? SIGTERM : command.death_signal);
  first.insert(first.end(), {"--pdeathsig", name, "--"});
  words.insert(words.begin(), first.begin(), first.end());
  return words;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> all;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view line = *each;
    const std::string_view name = line.substr(0, line.find('='));
    if (!command.environment.contains(std::string(name)) && (!command.inherits || command.inherits(name))) {
      all.emplace_back(line);
    }
  }
  for (const auto& [name, value] : command.environment) {
    all.push_back(cat(name, "=", value));
  }
  return all;
}

// As execve(2) has them: valid as long as `lines`.
std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers(lines.size() + 1);  // the last one null
  std::ranges::transform(lines, pointers.begin(), [](std::string& line) { return line.data(); });
  return pointers;
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  const char* configured = std::getenv("PATH");
  std::string_view rest = configured != nullptr ? configured : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const auto length = std::min(rest.find(':'), rest.size());
    const fs::path folder = rest.substr(0, length);
    rest.remove_prefix(std::min(length + 1, rest.size()));
    // What lies in the folder that somebody happens to be in is not run.
    if (folder.is_absolute() && is_executable(folder / name)) {
      return folder / name;
    }
  }
  return std::nullopt;
}

namespace {

int output_fd(const Command& command, const PipeEnd& log, const Pipe& pipe) {
  return command.to_stderr ? STDERR_FILENO : log.is_open() ? log.fd() : pipe.to.fd();
}

}  // namespace

Child::Child(const Command& command) : name_(printable(command.arguments.front())) {
  std::vector<std::string> words = words_of(command);
  std::vector<std::string> environment = environment_of(command);
  if (!command.folder.empty() && !stat_file(command.folder)) {
    fail_errno(ENOENT, "work in", command.folder);
  }
  Pipe in = command.give_input ? make_pipe() : Pipe();
  Pipe out;
  Pipe err;
  PipeEnd log;
  if (!command.log.empty()) {
    log = open_log(command.log);
  } else if (!command.to_stderr) {
    out = make_pipe();
    err = make_pipe();
  }
  if (in.to.is_open()) {
    make_nonblocking(in.to);
  }
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(environment);
  const Spawn what{.program = words.front().c_str(),
                   .arguments = argv.data(),
                   .environment = envp.data(),
                   .folder = command.folder.empty() ? nullptr : command.folder.c_str(),
                   .standard = {in.from.fd(), output_fd(command, log, out), output_fd(command, log, err)},
                   .kept = command.lock == nullptr ? -1 : command.lock->fd()};
  if (system().spawn(what, pid_) != 0) {
    pid_ = -1;
    if (errno == ENOEXEC || errno == ENOENT) {  // a damaged binary, or a script whose interpreter is missing
      fail_no_program(command, "the system cannot execute it");
    }
    fail_errno(errno, "run", command.arguments.front());
  }
  input = std::move(in.to);
  output = std::move(out.from);
  messages = std::move(err.from);
}

Child::~Child() {
  if (pid_ > 0) {
    signal(SIGKILL);
    siginfo_t info{};
    (void)uninterrupted([&] { return system().wait(pid_, info, WEXITED); });
  }
}

bool Child::has_ended() {
  siginfo_t info{};
  if (!has_ended_ && uninterrupted([&] { return system().wait(pid_, info, WEXITED | WNOHANG | WNOWAIT); }) != 0) {
    pid_ = -1;  // somebody else has taken it, and its id may be another's now
    fail_errno(errno, "wait for", name_);
  }
  has_ended_ = has_ended_ || info.si_pid == pid_;
  return has_ended_;
}

void Child::signal(int number) noexcept {
  if (pid_ > 0) {
    (void)system().kill(-pid_, number);
  }
}

siginfo_t Child::reap() {
  siginfo_t info{};
  const int result = uninterrupted([&] { return system().wait(pid_, info, WEXITED); });
  pid_ = -1;
  if (result != 0) {
    fail_errno(errno, "wait for", name_);
  }
  return info;
}

}  // namespace dbrollback::base
