#include "engine/base/processes.hpp"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <sstream>
#include <utility>

#include "dbrollback/error.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

using Identity = std::pair<dev_t, ino_t>;

bool is_number(std::string_view name) { return name.find_first_not_of("0123456789") == std::string_view::npos; }

// What the kernel says about processes; nothing where it says nothing, or the process is gone.
std::string text_of_kernel(const std::string& path) {
  std::string text;
  try {
    const File file(path, File::Mode::read);
    std::array<char, 4096> part{};
    while (const std::size_t got = file.read_at(text.size(), std::as_writable_bytes(std::span(part)))) {
      text.append(part.data(), got);
    }
  } catch (const Error&) {
    text.clear();
  }
  return text;
}

std::string command_of(const std::string& pid) {
  const std::string text = text_of_kernel(cat("/proc/", pid, "/comm"));
  const std::string name = text.substr(0, text.find('\n'));
  return name.empty() ? pid : cat(pid, " ", printable(name));
}

std::vector<Identity> identities_of(const std::vector<fs::path>& paths) {
  std::vector<Identity> identities;
  for (const auto& path : paths) {
    if (const auto info = stat_file(path)) {
      identities.emplace_back(info->device, info->inode);
    }
  }
  return identities;
}

// The byte of a -shm that every connection keeps locked, whatever it does.
bool is_presence(const std::string& kind, const std::string& first, const std::string& last) {
  return kind == "READ" && first == "128" && last == "128";
}

enum class Look { absent, open, hidden };

Look look(const std::string& pid, const std::vector<Identity>& wanted) {
  const std::string folder = cat("/proc/", pid, "/fd");
  std::vector<std::string> names;
  if (system().list(folder.c_str(), names) != 0) {
    return errno == EACCES ? Look::hidden : Look::absent;
  }
  const bool open = std::ranges::any_of(names, [&](const std::string& name) {
    struct stat info {};
    return system().stat(cat(folder, "/", name).c_str(), info) == 0 &&
           std::ranges::find(wanted, Identity{info.st_dev, info.st_ino}) != wanted.end();
  });
  return open ? Look::open : Look::absent;
}

}  // namespace

Holders holders_of(const std::vector<fs::path>& paths) {
  const std::vector<Identity> wanted = identities_of(paths);
  Holders holders;
  std::vector<std::string> pids;
  holders.complete = system().list("/proc", pids) == 0;
  const std::string self = std::to_string(::getpid());
  for (const auto& pid : pids) {
    if (!is_number(pid) || pid == self || wanted.empty()) {
      continue;
    }
    const Look seen = look(pid, wanted);
    if (seen == Look::open) {
      holders.processes.push_back(command_of(pid));
    }
    holders.complete = holders.complete && seen != Look::hidden;
  }
  return holders;
}

// A line is "1: POSIX  ADVISORY  WRITE 2568 fe:00:1234 0 EOF"; one with "->" after its number waits for the lock.
Holders lockers_of(const std::vector<fs::path>& paths) {
  const std::vector<Identity> wanted = identities_of(paths);
  std::set<std::string> pids;
  std::istringstream lines(text_of_kernel("/proc/locks"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number;
    std::string type;
    std::string advisory;
    std::string kind;
    std::string pid;
    std::string first;
    std::string last;
    unsigned major = 0;
    unsigned minor = 0;
    char colon = 0;
    ino_t inode = 0;
    words >> number >> type >> advisory >> kind >> pid >> std::hex >> major >> colon >> minor >> colon >> std::dec >>
        inode >> first >> last;
    // Who took it may be gone, and those that it started have it still.
    if (words && type != "->" && stat_file(cat("/proc/", pid)) && pid != std::to_string(::getpid()) &&
        !is_presence(kind, first, last) &&
        std::ranges::find(wanted, Identity{makedev(major, minor), inode}) != wanted.end()) {
      pids.insert(pid);
    }
  }
  if (pids.empty()) {
    return holders_of(paths);
  }
  Holders lockers;
  for (const auto& pid : pids) {
    lockers.processes.push_back(command_of(pid));
  }
  return lockers;
}

std::string describe(const Holders& holders) {
  return holders.processes.empty() ? "another process" : cat("process ", join(holders.processes, " and process "));
}

}  // namespace dbrollback::base
