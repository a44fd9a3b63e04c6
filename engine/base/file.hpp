// Files and folders, by the calls of system.hpp. Every call on storage outside SQLite goes through here. Functions
// throw Error with the object's path in it; a call interrupted by a signal is made again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"

namespace dbrollback::base {

namespace fs = std::filesystem;

// An open file; closes itself. Movable.
class File {
 public:
  // write: what is there stays. create_as_umask: a new file, its permissions as the umask leaves them.
  enum class Mode { read, write, create, create_new, create_as_umask };

  File() = default;
  // `permissions` count for new files, whatever the umask says.
  File(const fs::path& path, Mode mode, mode_t permissions = 0600);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint64_t size() const;

  void write(ByteView bytes);
  // Fills `into` from `offset`; returns fewer bytes than asked only at the end of the file.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const;
  void sync();
  // Lets the kernel begin to write what it holds of the file, without waiting for it. A hint: never fails.
  void start_writing_back() noexcept;
  // Closes, reporting what close() reports.
  void close();

 private:
  fs::path path_;
  int fd_ = -1;
};

// Who and what a file is, without following it twice.
struct FileStat {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool is_folder = false;
  bool is_regular = false;
  bool is_ours = false;  // this account's
};
// Nothing when there is no such file. Of a link: what it leads to.
[[nodiscard]] std::optional<FileStat> stat_file(const fs::path& path);
// Of what is there itself: a link is neither a folder nor a regular file.
[[nodiscard]] std::optional<FileStat> stat_entry(const fs::path& path);
// Nothing also where this account may not look: for searching, not for deciding.
[[nodiscard]] std::optional<FileStat> glance_at(const fs::path& path);

// The path behind all links; `path` itself where there is nothing.
[[nodiscard]] fs::path real_path(const fs::path& path);

// 0 where this account may use `path` in this way (R_OK, W_OK, X_OK); otherwise the error number that says why not.
[[nodiscard]] int why_no_access(const fs::path& path, int mode);

// The whole file, or Error "too_large" beyond `limit` bytes; nothing when there is no such file.
[[nodiscard]] std::optional<std::string> read_file(const fs::path& path, std::uint64_t limit);

// Writes all of `bytes` to a descriptor that is not ours (a pipe, standard output), called `object` in messages.
void write_all(int fd, ByteView bytes, const std::string& object);

// And its parents, each lasting once its own parent is synced; nothing when it is there.
void make_folder(const fs::path& path, mode_t permissions);
void set_mode(const fs::path& path, mode_t permissions);
void set_group(const fs::path& path, gid_t group);
void sync_folder(const fs::path& path);
void rename_file(const fs::path& from, const fs::path& to);            // replaces `to`
bool rename_file_if_absent(const fs::path& from, const fs::path& to);  // false: `to` is there
void remove_file(const fs::path& path);                                // nothing when it is not there
void remove_folder_if_empty(const fs::path& path);
void remove_tree(const fs::path& path);  // with everything in it; links are removed, not followed
[[nodiscard]] std::vector<std::string> list_folder(const fs::path& path);  // names; empty when there is no folder

// Copies a file's bytes, mode and, where allowed, owner to a new file, and syncs it.
void copy_file(const fs::path& from, const fs::path& to);
// Writes one file's bytes into another in place (inode, owner and mode stay), or a new one, and syncs it.
void overwrite_file(const fs::path& from, const fs::path& to);
// As root: gives a file to the owner and the group of its folder. Otherwise nothing.
void give_to_folder_owner(const fs::path& path);
// Cuts a file to nothing in place: inode, owner and mode stay.
void empty_file(const fs::path& path);

// Room for an ordinary user on the disk that holds `path` (which need not exist yet), and what kind of disk it is.
struct Disk {
  std::uint64_t free_bytes = 0;
  std::uint64_t device = 0;
  bool in_memory = false;  // tmpfs or ramfs: gone after a restart
  bool read_only = false;
};
[[nodiscard]] Disk disk_of(const fs::path& path);

// $TMPDIR or /tmp.
[[nodiscard]] fs::path temporary_folder();

}  // namespace dbrollback::base
