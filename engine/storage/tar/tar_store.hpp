// An object store that can only be written, and only once: each object becomes one entry of a POSIX tar on a
// descriptor, in the order of the commits. A tar names an entry's size before its bytes, so an object is held in memory
// until its commit: writers keep segments small (`segment_bytes`).
#pragma once

#include <memory>

#include "engine/storage/object_store.hpp"

namespace dbrollback::storage {

class TarStore final : public ObjectStore {
 public:
  // `fd` stays the caller's; `object` is its name in messages.
  TarStore(int fd, std::string object);
  ~TarStore() override;
  TarStore(const TarStore&) = delete;
  TarStore& operator=(const TarStore&) = delete;
  TarStore(TarStore&&) = delete;
  TarStore& operator=(TarStore&&) = delete;

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
  [[nodiscard]] std::optional<std::uint64_t> free_bytes() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t segment_bytes() const override { return 16ULL << 20U; }

  // Writes the end of the archive.
  void finish();

  class Archive;

 private:
  std::string object_;
  std::unique_ptr<Archive> archive_;
};

// Reads a tar from `fd` to its end. `on_entry` gets each regular file's name and size and returns where its bytes go;
// anything but regular files and folders is refused. Throws Error (Exit::damaged) for an archive that ends early.
class TarSink {
 public:
  TarSink() = default;
  TarSink(const TarSink&) = delete;
  TarSink& operator=(const TarSink&) = delete;
  TarSink(TarSink&&) = delete;
  TarSink& operator=(TarSink&&) = delete;
  virtual ~TarSink() = default;
  virtual void begin(const std::string& name, std::uint64_t size) = 0;
  virtual void write(base::ByteView bytes) = 0;
  virtual void end() = 0;
};
void read_tar(int fd, const std::string& object, TarSink& sink);

}  // namespace dbrollback::storage
