#include "engine/storage/local/local_store.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::storage {

using base::File;
using base::fs::path;

namespace {

constexpr std::string_view unfinished = ".part";

path unfinished_name(const path& target) { return base::cat(target.native(), ".", base::random_hex(8), unfinished); }

class LocalWriter final : public ObjectWriter {
 public:
  LocalWriter(path target, mode_t permissions)
      : target_(std::move(target)), file_(unfinished_name(target_), File::Mode::create_new, permissions) {}
  LocalWriter(const LocalWriter&) = delete;
  LocalWriter& operator=(const LocalWriter&) = delete;
  LocalWriter(LocalWriter&&) = delete;
  LocalWriter& operator=(LocalWriter&&) = delete;

  ~LocalWriter() override {
    if (!committed_) {
      try {
        base::remove_file(file_.path());
      } catch (const Error&) {  // what stays is swept away as unfinished
      }
    }
  }

  void write(base::ByteView bytes) override { file_.write(bytes); }

  void finish() {
    file_.sync();
    file_.close();
  }

  void commit() override {
    finish();
    base::rename_file(file_.path(), target_);
    committed_ = true;
    sync_name();
  }

  bool commit_if_absent() {
    finish();
    committed_ = base::rename_file_if_absent(file_.path(), target_);
    sync_name();
    return committed_;
  }

 private:
  // The object is visible already.
  void sync_name() {
    try {
      base::sync_folder(target_.parent_path());
    } catch (const Error& error) {
      ErrorInfo info = error.info();
      info.state = base::cat(base::printable(target_.native()), " is written, and may be gone after a power cut");
      base::fail(std::move(info));
    }
  }

  path target_;
  File file_;
  bool committed_ = false;
};

class LocalReader final : public ObjectReader {
 public:
  explicit LocalReader(const path& file) : file_(file, File::Mode::read), size_(file_.size()) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return file_.read_at(offset, into);
  }

 private:
  File file_;
  std::uint64_t size_;
};

}  // namespace

LocalStore::LocalStore(path root, Permissions permissions) : root_(std::move(root)), permissions_(permissions) {}

path LocalStore::path_of(const std::string& name) const {
  check_name(name);
  return root_ / name;
}

// The store's own folder is not made: when it is gone, its disk is, or somebody has removed it.
void LocalStore::make_folder_of(const path& file) const {
  if (!base::stat_file(root_)) {
    base::fail_errno(ENOENT, "write into", root_);
  }
  base::make_folder(file.parent_path(), permissions_.folder);
}

std::unique_ptr<ObjectWriter> LocalStore::put(const std::string& name) {
  const path target = path_of(name);
  make_folder_of(target);
  return std::make_unique<LocalWriter>(target, permissions_.file);
}

bool LocalStore::put_if_absent(const std::string& name, base::ByteView bytes) {
  const path target = path_of(name);
  make_folder_of(target);
  LocalWriter writer(target, permissions_.file);
  writer.write(bytes);
  return writer.commit_if_absent();
}

std::unique_ptr<ObjectReader> LocalStore::open(const std::string& name) {
  const path file = path_of(name);
  const auto info = base::stat_file(file);
  return info && info->is_regular ? std::make_unique<LocalReader>(file) : nullptr;
}

std::optional<ObjectStat> LocalStore::stat(const std::string& name) {
  const auto info = base::stat_file(path_of(name));
  if (!info || !info->is_regular) {
    return std::nullopt;
  }
  return ObjectStat{.name = name, .size = info->size, .modified_ns = info->modified_ns};
}

std::vector<ObjectStat> LocalStore::list(const std::string& prefix) {
  std::vector<ObjectStat> objects;
  for (const auto& entry : base::list_folder(root_ / prefix)) {
    const std::string name = prefix + entry;
    const auto info = base::stat_entry(root_ / name);  // a link, which nobody of ours made, is shown and not followed
    if (!info || entry.ends_with(unfinished)) {
      continue;
    }
    if (info->is_folder) {
      const auto below = list(name + "/");
      objects.insert(objects.end(), below.begin(), below.end());
    } else {
      objects.push_back({.name = name, .size = info->size, .modified_ns = info->modified_ns});
    }
  }
  std::ranges::sort(objects, {}, &ObjectStat::name);
  return objects;
}

std::vector<std::string> LocalStore::list_folders(const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& entry : base::list_folder(root_ / prefix)) {
    const auto info = base::stat_entry(root_ / prefix / entry);  // what is behind a link is not ours
    if (info && info->is_folder) {
      names.push_back(entry);
    }
  }
  std::ranges::sort(names);
  return names;
}

void LocalStore::remove(const std::string& name) {
  const path file = path_of(name);
  if (base::stat_entry(file)) {
    base::remove_file(file);
    base::sync_folder(file.parent_path());
  }
}

void LocalStore::withdraw(const std::string& name) {
  const path file = path_of(name);
  if (base::stat_entry(file)) {
    base::rename_file(file, unfinished_name(file));
    base::sync_folder(file.parent_path());
  }
}

bool LocalStore::is_unfinished(const std::string& name) {
  const path file = path_of(name);
  const auto entries = base::list_folder(file.parent_path());
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    return entry.starts_with(file.filename().native() + ".") && entry.ends_with(unfinished);
  });
}

void LocalStore::remove_unfinished(const std::string& prefix) {
  for (const auto& entry : base::list_folder(root_ / prefix)) {
    if (entry.ends_with(unfinished)) {
      base::remove_file(root_ / prefix / entry);
    }
  }
}

void LocalStore::remove_all(const std::string& prefix) {
  const path folder = path_of(prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix);
  if (!base::stat_entry(folder)) {
    return;
  }
  base::remove_tree(folder);
  base::sync_folder(folder.parent_path());
}

std::string LocalStore::describe(const std::string& name) const { return (root_ / name).native(); }

std::optional<std::uint64_t> LocalStore::free_bytes() const { return base::disk_of(root_).free_bytes; }

}  // namespace dbrollback::storage
