#include "engine/base/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

int flags_of(File::Mode mode) {
  switch (mode) {
    case File::Mode::read:
      return O_RDONLY;
    case File::Mode::write:
      return O_WRONLY;
    case File::Mode::create:
      return O_RDWR | O_CREAT | O_TRUNC;
    case File::Mode::create_new:
    case File::Mode::create_as_umask:
      break;
  }
  return O_RDWR | O_CREAT | O_EXCL;
}

}  // namespace

File::File(const fs::path& path, Mode mode, mode_t permissions) : path_(path) {
  fd_ =
      uninterrupted([&] { return system().open(path.c_str(), flags_of(mode) | O_CLOEXEC | O_NOFOLLOW, permissions); });
  if (fd_ < 0) {
    fail_errno(errno, mode == Mode::read || mode == Mode::write ? "open" : "create", path);
  }
  if ((mode == Mode::create || mode == Mode::create_new) && system().fchmod(fd_, permissions) != 0) {
    const int error = errno;
    (void)system().close(std::exchange(fd_, -1));
    if (mode == Mode::create_new) {
      (void)system().unlink(path.c_str());
    }
    fail_errno(error, "set the mode of", path);
  }
}

File::File(File&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) {
    (void)system().close(fd_);
  }
}

std::uint64_t File::size() const {
  struct stat info {};
  if (system().fstat(fd_, info) != 0) {
    fail_errno(errno, "look at", path_);
  }
  return static_cast<std::uint64_t>(info.st_size);
}

void File::write(ByteView bytes) { write_all(fd_, bytes, path_); }

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = uninterrupted(
        [&] { return system().pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done)); });
    if (got < 0) {
      fail_errno(errno, "read", path_);
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void File::sync() {
  if (uninterrupted([&] { return system().fsync(fd_); }) != 0) {
    fail_errno(errno, "write to the disk", path_);
  }
}

void File::start_writing_back() noexcept { (void)system().sync_file_range(fd_, 0, 0, SYNC_FILE_RANGE_WRITE); }

void File::close() {
  const int fd = std::exchange(fd_, -1);
  if (fd >= 0 && system().close(fd) != 0 && errno != EINTR) {
    fail_errno(errno, "close", path_);
  }
}

namespace {

std::optional<FileStat> looked_at(int result, const struct stat& info, const fs::path& path) {
  if (result != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    fail_errno(errno, "look at", path);
  }
  return FileStat{.size = static_cast<std::uint64_t>(info.st_size),
                  .modified_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
                  .device = info.st_dev,
                  .inode = info.st_ino,
                  .is_folder = S_ISDIR(info.st_mode),
                  .is_regular = S_ISREG(info.st_mode),
                  .is_ours = info.st_uid == ::geteuid()};
}

}  // namespace

std::optional<FileStat> stat_file(const fs::path& path) {
  struct stat info {};
  const int result = system().stat(path.c_str(), info);
  return looked_at(result, info, path);
}

std::optional<FileStat> stat_entry(const fs::path& path) {
  struct stat info {};
  const int result = system().lstat(path.c_str(), info);
  return looked_at(result, info, path);
}

std::optional<FileStat> glance_at(const fs::path& path) {
  try {
    return stat_file(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

fs::path real_path(const fs::path& path) {
  std::string real;
  return system().real_path(path.c_str(), real) == 0 ? fs::path(real) : path;
}

int why_no_access(const fs::path& path, int mode) { return system().access(path.c_str(), mode) == 0 ? 0 : errno; }

std::optional<std::string> read_file(const fs::path& path, std::uint64_t limit) {
  if (!stat_file(path)) {
    return std::nullopt;
  }
  const File file(path, File::Mode::read);
  const std::uint64_t size = file.size();
  if (size > limit) {
    fail({.code = "too_large",
          .exit = Exit::damaged,
          .message = cat(printable(path.native()), " is ", human_bytes(size), ", more than the ", human_bytes(limit),
                         " that such a file may have"),
          .object = path,
          .state = {},
          .next = {}});
  }
  std::string text(size, '\0');
  text.resize(file.read_at(0, std::as_writable_bytes(std::span(text))));
  return text;
}

namespace {

// For larger writes the page cache takes larger pieces of memory, and a virtual machine may have given just those back
// to its host: writing a gigabyte took 2.7 s by a megabyte at once, and 0.8 s in these.
constexpr std::size_t most_at_once = 128U << 10U;

}  // namespace

void write_all(int fd, ByteView bytes, const std::string& object) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), most_at_once);
    const ssize_t put = uninterrupted([&] { return system().write(fd, bytes.data(), size); });
    if (put < 0) {
      fail_errno(errno, "write", object);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void make_folder(const fs::path& path, mode_t permissions) {
  if (path.empty() || stat_file(path)) {
    return;
  }
  make_folder(path.parent_path(), permissions);
  if (system().mkdir(path.c_str(), permissions) != 0) {
    if (errno == EEXIST) {
      return;
    }
    fail_errno(errno, "create", path);
  }
  set_mode(path, permissions);  // the umask may have taken some away
  sync_folder(path.parent_path());
}

void set_mode(const fs::path& path, mode_t permissions) {
  if (system().chmod(path.c_str(), permissions) != 0) {
    fail_errno(errno, "set the mode of", path);
  }
}

void sync_folder(const fs::path& path) {
  const fs::path folder = path.empty() ? "." : path;
  const int fd = uninterrupted([&] { return system().open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (fd < 0 && errno == EACCES) {
    return;  // who may write a folder and not read it cannot sync it
  }
  if (fd < 0) {
    fail_errno(errno, "open", path);
  }
  const int result = uninterrupted([&] { return system().fsync(fd); });
  const int error = errno;
  (void)system().close(fd);
  if (result != 0 && error != EINVAL) {  // some file systems cannot sync a folder
    fail_errno(error, "write to the disk", path);
  }
}

void rename_file(const fs::path& from, const fs::path& to) {
  if (system().rename(from.c_str(), to.c_str()) != 0) {
    fail_errno(errno, cat("rename ", from.filename().native(), " to"), to);
  }
}

bool rename_file_if_absent(const fs::path& from, const fs::path& to) {
  // A hard link fails where the name is taken, on every file system that has them.
  if (system().link(from.c_str(), to.c_str()) != 0) {
    if (errno == EEXIST) {
      return false;
    }
    if (errno != EPERM && errno != EOPNOTSUPP) {
      fail_errno(errno, "create", to);
    }
    if (system().rename_no_replace(from.c_str(), to.c_str()) != 0) {
      if (errno == EEXIST) {
        return false;
      }
      fail_errno(errno, "create", to);
    }
    return true;
  }
  (void)system().unlink(from.c_str());  // `to` is there: what stays of `from` is a leftover, not a failure
  return true;
}

void remove_file(const fs::path& path) {
  if (system().unlink(path.c_str()) != 0 && errno != ENOENT) {
    fail_errno(errno, "remove", path);
  }
}

void remove_folder_if_empty(const fs::path& path) {
  if (system().rmdir(path.c_str()) != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST) {
    fail_errno(errno, "remove", path);
  }
}

void remove_tree(const fs::path& path) {
  const auto entry = stat_entry(path);
  if (!entry) {
    return;
  }
  if (!entry->is_folder) {
    remove_file(path);
    return;
  }
  for (const auto& name : list_folder(path)) {
    remove_tree(path / name);
  }
  remove_folder_if_empty(path);
}

std::vector<std::string> list_folder(const fs::path& path) {
  std::vector<std::string> names;
  if (system().list(path.c_str(), names) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return {};
    }
    fail_errno(errno, "list", path);
  }
  return names;
}

}  // namespace dbrollback::base
