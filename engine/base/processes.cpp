#include "engine/base/processes.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
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
  std::vector<Identity> wanted;
  for (const auto& path : paths) {
    if (const auto info = stat_file(path)) {
      wanted.emplace_back(info->device, info->inode);
    }
  }
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

std::string describe(const Holders& holders) {
  return holders.processes.empty() ? "another process" : join(holders.processes, " and ");
}

}  // namespace dbrollback::base
