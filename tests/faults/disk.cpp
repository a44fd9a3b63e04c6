#include "tests/faults/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

namespace dbrollback::test {

namespace fs = std::filesystem;

namespace {

// By pread, so that the descriptor stays open: closing one drops the locks that SQLite holds on the file.
std::string bytes_of(int fd) {
  std::string bytes;
  std::string part(1U << 16U, '\0');
  while (true) {
    const ssize_t got = ::pread(fd, part.data(), part.size(), static_cast<off_t>(bytes.size()));
    if (got <= 0) {
      return bytes;
    }
    bytes.append(part, 0, static_cast<std::size_t>(got));
  }
}

std::string torn(const std::string& synced, const std::string& written, std::string_view seed, ino_t inode) {
  constexpr std::size_t sector = 512;
  const auto chance = [&](std::size_t at) {
    return std::hash<std::string>()(std::string(seed) + std::to_string(inode) + "/" + std::to_string(at)) % 2 == 0;
  };
  std::string bytes = written;
  bytes.resize(chance(0) ? written.size() : synced.size());
  for (std::size_t at = 0; at < bytes.size(); at += sector) {
    const std::size_t size = std::min(sector, bytes.size() - at);
    std::string old = at < synced.size() ? synced.substr(at, size) : std::string();
    old.resize(size);
    if (chance(at + 1)) {
      bytes.replace(at, size, old);
    }
  }
  return bytes;
}

}  // namespace

Disk::Disk(std::string root) : root_(std::move(root)) { learn(root_); }

void Disk::learn(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) {
    for (const auto& entry : fs::directory_iterator(path)) {
      learn(entry.path());
    }
    synced_folder(path);
  } else if (fs::is_regular_file(fs::symlink_status(path, ignored))) {
    synced_file(path);
  }
}

ino_t Disk::know(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    return 0;
  }
  if (!nodes_.contains(info.st_ino)) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    nodes_[info.st_ino] = {
        .fd = fd, .is_folder = S_ISDIR(info.st_mode), .mode = info.st_mode & 07777U, .bytes = {}, .names = {}};
  }
  return info.st_ino;
}

void Disk::synced_file(const std::string& path) {
  if (const ino_t inode = know(path); inode != 0) {
    Node& node = nodes_[inode];
    node.bytes = bytes_of(node.fd);
  }
}

void Disk::synced_folder(const std::string& path) {
  const ino_t inode = know(path);
  if (inode == 0) {
    return;
  }
  std::map<std::string, ino_t> names;
  for (const auto& entry : fs::directory_iterator(path)) {
    names[entry.path().filename()] = know(entry.path());
  }
  nodes_[inode].names = std::move(names);
}

void Disk::collect_kept(ino_t folder, const std::string& path, std::map<std::string, Kept>& out) {
  for (const auto& [name, inode] : nodes_[folder].names) {
    const Node& node = nodes_[inode];
    out[path + "/" + name] = {.is_folder = node.is_folder, .mode = node.mode, .bytes = node.bytes};
    if (node.is_folder) {
      collect_kept(inode, path + "/" + name, out);
    }
  }
}

void Disk::collect_names(const std::string& path, std::string_view mode, std::map<std::string, Kept>& out) {
  for (const auto& entry : fs::directory_iterator(path)) {
    const ino_t inode = know(entry.path());
    const Node& node = nodes_[inode];
    Kept kept{.is_folder = node.is_folder, .mode = node.mode, .bytes = node.bytes};
    if (mode != "names" && !node.is_folder) {
      kept.bytes = torn(node.bytes, bytes_of(node.fd), mode, inode);
    }
    out[entry.path()] = std::move(kept);
    if (node.is_folder) {
      collect_names(entry.path(), mode, out);
    }
  }
}

void Disk::cut(const std::string& mode) {
  std::map<std::string, Kept> kept;  // sorted: a folder comes before what is in it
  if (mode == "lost") {
    collect_kept(know(root_), root_, kept);
  } else {
    collect_names(root_, mode, kept);
  }
  for (const auto& entry : fs::directory_iterator(root_)) {
    fs::remove_all(entry.path());
  }
  for (const auto& [path, file] : kept) {
    if (file.is_folder) {
      fs::create_directory(path);
    } else {
      std::ofstream(path, std::ios::binary) << file.bytes;
    }
    fs::permissions(path, fs::perms(file.mode));
  }
}

}  // namespace dbrollback::test
