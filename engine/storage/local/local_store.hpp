// An object store in a folder. An object is written under a name of its own that ends in ".part", synced, renamed, and
// its folder synced.
#pragma once

#include "engine/storage/object_store.hpp"

namespace dbrollback::storage {

// The permissions of what a repository holds: its owner's alone, or shared by a group.
struct Permissions {
  mode_t folder = 0700;
  mode_t file = 0600;
};

// Writing needs the folder itself to be there: Error ("not_found") when it is not.
class LocalStore final : public ObjectStore {
 public:
  LocalStore(base::fs::path root, Permissions permissions);

  std::unique_ptr<ObjectWriter> put(const std::string& name) override;
  bool put_if_absent(const std::string& name, base::ByteView bytes) override;
  std::unique_ptr<ObjectReader> open(const std::string& name) override;
  std::optional<ObjectStat> stat(const std::string& name) override;
  std::vector<ObjectStat> list(const std::string& prefix) override;
  std::vector<std::string> list_folders(const std::string& prefix) override;
  void remove(const std::string& name) override;
  void withdraw(const std::string& name) override;
  [[nodiscard]] bool is_unfinished(const std::string& name) override;
  void remove_unfinished(const std::string& prefix) override;
  void remove_all(const std::string& prefix) override;
  [[nodiscard]] std::string describe(const std::string& name) const override;
  [[nodiscard]] std::optional<std::uint64_t> free_bytes() const override;
  [[nodiscard]] std::uint64_t segment_bytes() const override { return 64ULL << 20U; }

 private:
  [[nodiscard]] base::fs::path path_of(const std::string& name) const;
  void make_folder_of(const base::fs::path& file) const;

  base::fs::path root_;
  Permissions permissions_;
};

}  // namespace dbrollback::storage
