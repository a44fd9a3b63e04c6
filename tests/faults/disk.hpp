// What a disk keeps when the power fails. POSIX promises no more than this: a file's bytes are those of its last fsync,
// and a folder's names are those of its last fsync. What is there when the model begins has been synced.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

namespace dbrollback::test {

class Disk {
 public:
  explicit Disk(std::string root);

  void synced_file(const std::string& path);
  void synced_folder(const std::string& path);

  // Leaves in the folder what the disk has kept, in one of the ways in which disks do:
  //   lost    nothing that was not synced
  //   names   all names, and of the bytes those that were synced: files that were not are empty
  //   torn S  all names, and of the bytes that were not synced every other sector by the number S
  void cut(const std::string& mode);

 private:
  struct Node {
    int fd = -1;  // keeps the number of the inode from being given to another file; never closed, for the locks' sake
    bool is_folder = false;
    mode_t mode = 0;
    std::string bytes;
    std::map<std::string, ino_t> names;
  };
  struct Kept {
    bool is_folder = false;
    mode_t mode = 0;
    std::string bytes;
  };

  ino_t know(const std::string& path);
  void learn(const std::string& path);
  void collect_kept(ino_t folder, const std::string& path, std::map<std::string, Kept>& out);
  void collect_names(const std::string& path, std::string_view mode, std::map<std::string, Kept>& out);

  std::string root_;
  std::map<ino_t, Node> nodes_;
};

}  // namespace dbrollback::test
