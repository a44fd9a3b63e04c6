#include "tests/faults/injector.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <sstream>

namespace dbrollback::test {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

int error_number(const std::string& name) {
  static const std::map<std::string, int> numbers{{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
                                                  {"EACCES", EACCES}, {"EROFS", EROFS},   {"EMFILE", EMFILE},
                                                  {"EDQUOT", EDQUOT}, {"EPERM", EPERM},   {"ENOENT", ENOENT}};
  return numbers.at(name);
}

bool needs_room(std::string_view call) {
  return call == "write" || call == "mkdir" || call == "rename" || call == "link" || call == "create";
}

[[noreturn]] void die() {
  (void)::kill(::getpid(), SIGKILL);
  for (;;) {
    (void)::pause();
  }
}

}  // namespace

Injector::Injector() : root_(environment("DBROLLBACK_FAULTS_ROOT")) {
  if (const std::string file = environment("DBROLLBACK_FAULTS_TRACE"); !file.empty()) {
    trace_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  std::istringstream all(environment("DBROLLBACK_FAULTS"));
  for (std::string text; std::getline(all, text, ';');) {
    std::istringstream words(text);
    Action action;
    words >> action.what >> action.at;
    if (words.peek() == '+') {
      action.from_then_on = true;
      (void)words.get();
    }
    words >> std::ws;
    std::getline(words, action.argument);
    if (action.what == "cut") {
      disk_ = std::make_unique<Disk>(root_);
    }
    actions_.push_back(std::move(action));
  }
}

Injector::Fault Injector::before(std::string_view call, const std::string& object) {
  const std::scoped_lock lock(mutex_);
  if (!counts(object)) {
    return {};
  }
  ++calls_;
  const std::string line = std::to_string(calls_) + " " + std::string(call) + " " + object;
  trace(line);
  for (const auto& action : actions_) {
    const bool now = calls_ == action.at || (action.from_then_on && calls_ > action.at && needs_room(call));
    if (!now || action.what == "point") {
      continue;
    }
    trace(action.what + " " + line);
    if (action.what == "kill") {
      die();
    }
    if (action.what == "cut") {
      disk_->cut(action.argument);
      die();
    }
    return action.what == "short" ? Fault{.error = 0, .is_short = true}
                                  : Fault{.error = error_number(action.argument), .is_short = false};
  }
  return {};
}

void Injector::reached(std::string_view point) {
  const std::scoped_lock lock(mutex_);
  trace("point " + std::string(point));
  const long times = ++reached_[std::string(point)];
  for (const auto& action : actions_) {
    if (action.what == "point" && action.argument == point && action.at == times) {
      trace("died at " + std::string(point));
      die();
    }
  }
}

void Injector::synced_file(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (disk_ && counts(path)) {
    disk_->synced_file(path);
  }
}

void Injector::synced_folder(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (disk_ && counts(path)) {
    disk_->synced_folder(path);
  }
}

bool Injector::counts(const std::string& object) const {
  return object == "/proc" || (!root_.empty() && object.starts_with(root_));
}

void Injector::trace(const std::string& line) const {
  if (trace_ >= 0) {
    const std::string text = line + "\n";
    (void)!::write(trace_, text.data(), text.size());
  }
}

}  // namespace dbrollback::test
