// The functions of file.hpp that change a whole file or look at a disk.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/system.hpp"

namespace dbrollback::base {

namespace {

// The nearest folder upwards that exists.
fs::path existing(fs::path path) {
  path = fs::absolute(path);
  while (path.has_relative_path() && !stat_file(path)) {
    path = path.parent_path();
  }
  return path;
}

void pour(const File& source, File& target) {
  Bytes buffer(1U << 20U);
  std::uint64_t done = 0;
  while (const std::size_t got = source.read_at(done, buffer)) {
    target.write(ByteView(buffer).first(got));
    done += got;
  }
  target.sync();
  target.close();
}

}  // namespace

void copy_file(const fs::path& from, const fs::path& to) {
  const File source(from, File::Mode::read);
  struct stat info {};
  if (system().fstat(source.fd(), info) != 0) {
    fail_errno(errno, "look at", from);
  }
  File target(to, File::Mode::create_new, info.st_mode & 07777U);
  if (system().fchown(target.fd(), info.st_uid, info.st_gid) != 0 && errno != EPERM) {
    fail_errno(errno, "set the owner of", to);
  }
  pour(source, target);
  sync_folder(to.parent_path());
}

void overwrite_file(const fs::path& from, const fs::path& to) {
  const auto there = stat_file(to);
  if (!there) {
    base::copy_file(from, to);
    return;
  }
  empty_file(to);
  const File source(from, File::Mode::read);
  File target(to, File::Mode::write);
  pour(source, target);
}

void give_to_folder_owner(const fs::path& path) {
  struct stat folder {};
  if (::geteuid() != 0 || system().stat(path.parent_path().c_str(), folder) != 0) {
    return;
  }
  if (system().chown(path.c_str(), folder.st_uid, folder.st_gid) != 0) {
    fail_errno(errno, "set the owner of", path);
  }
}

void set_group(const fs::path& path, gid_t group) {
  if (system().chown(path.c_str(), static_cast<uid_t>(-1), group) != 0) {
    fail_errno(errno, "give to the group", path);
  }
}

void empty_file(const fs::path& path) {
  File file(path, File::Mode::write);
  if (uninterrupted([&] { return system().ftruncate(file.fd(), 0); }) != 0) {
    fail_errno(errno, "empty", path);
  }
  file.sync();
}

Disk disk_of(const fs::path& path) {
  const fs::path there = existing(path);
  struct statvfs room {};
  struct statfs kind {};
  if (uninterrupted([&] { return system().statvfs(there.c_str(), room); }) != 0 ||
      uninterrupted([&] { return system().statfs(there.c_str(), kind); }) != 0) {
    fail_errno(errno, "look at the disk of", there);
  }
  const auto info = stat_file(there);
  return {.free_bytes = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize,
          .device = info ? info->device : 0,
          .in_memory = kind.f_type == TMPFS_MAGIC || kind.f_type == RAMFS_MAGIC,
          .read_only = (room.f_flag & ST_RDONLY) != 0};
}

fs::path temporary_folder() {
  const char* configured = std::getenv("TMPDIR");
  return configured != nullptr && *configured != '\0' ? configured : "/tmp";
}

}  // namespace dbrollback::base
