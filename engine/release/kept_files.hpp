// Files that are kept with releases: kept/<hash>, compressed, once for all releases that have the same.
//
// A folder is kept as a list of its files' paths and hashes, which is a kept file itself.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::release {

struct FolderFile {
  std::string path;  // within the folder, with slashes
  std::string text;
};

class KeptFiles {
 public:
  explicit KeptFiles(repository::Store& store) : store_(&store) {}

  // Returns its hash: XXH3-128 of the bytes, 32 hexadecimal digits.
  std::string keep(base::ByteView bytes) const;
  // Throws Error (Exit::damaged) when it is missing or not what the hash says.
  [[nodiscard]] base::Bytes read(const std::string& hash) const;

  std::string keep_folder(const std::vector<FolderFile>& files) const;
  // Writes a kept folder's files (0600) below `into`, which exists. Paths that lead out of it: Error (Exit::damaged).
  void write_folder(const std::string& hash, const std::filesystem::path& into) const;

 private:
  repository::Store* store_;
};

}  // namespace dbrollback::release
