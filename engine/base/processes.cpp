#include "engine/base/processes.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

using Folder = std::unique_ptr<DIR, decltype([](DIR* folder) { (void)::closedir(folder); })>;
using Identity = std::pair<dev_t, ino_t>;

bool is_number(const char* name) { return std::string_view(name).find_first_not_of("0123456789") == std::string::npos; }

std::string command_of(const std::string& pid) {
  std::string name;
  std::getline(std::ifstream(cat("/proc/", pid, "/comm")), name);
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
  const std::string path = cat("/proc/", pid, "/fd");
  const Folder folder(::opendir(path.c_str()));
  if (!folder) {
    return errno == EACCES ? Look::hidden : Look::absent;
  }
  while (const dirent* entry = ::readdir(folder.get())) {
    struct stat info {};
    if (is_number(entry->d_name) && ::fstatat(::dirfd(folder.get()), entry->d_name, &info, 0) == 0 &&
        std::ranges::find(wanted, Identity{info.st_dev, info.st_ino}) != wanted.end()) {
      return Look::open;
    }
  }
  return Look::absent;
}

}  // namespace

Holders holders_of(const std::vector<fs::path>& paths) {
  const std::vector<Identity> wanted = identities_of(paths);
  Holders holders;
  const Folder proc(::opendir("/proc"));
  if (!proc) {
    holders.complete = false;
    return holders;
  }
  const std::string self = std::to_string(::getpid());
  while (const dirent* entry = ::readdir(proc.get())) {
    const std::string pid = entry->d_name;
    if (!is_number(entry->d_name) || pid == self || wanted.empty()) {
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
  std::ifstream lines("/proc/locks");
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
    if (words && type != "->" && pid != std::to_string(::getpid()) && !is_presence(kind, first, last) &&
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
