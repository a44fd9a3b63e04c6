// An object store in memory, for tests: segments as small as a test wants them, and failures when it wants them. It
// passes the conformance suite of object stores like any other.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::test {

class MemoryStore final : public storage::ObjectStore {
 public:
  explicit MemoryStore(std::uint64_t segment_bytes = 1U << 20U) : segment_bytes_(segment_bytes) {}

  // For one thread at a time, as `objects`: from now on, writing more than `bytes` in all fails as a full disk does.
  void fail_after(std::uint64_t bytes) { room_ = bytes; }
  [[nodiscard]] std::map<std::string, base::Bytes>& objects() { return objects_; }

  std::unique_ptr<storage::ObjectWriter> put(const std::string& name) override {
    storage::check_name(name);
    return std::make_unique<Writer>(*this, name);
  }
  bool put_if_absent(const std::string& name, base::ByteView bytes) override {
    storage::check_name(name);
    const std::scoped_lock lock(mutex_);
    return objects_.try_emplace(name, bytes.begin(), bytes.end()).second;
  }
  std::unique_ptr<storage::ObjectReader> open(const std::string& name) override {
    storage::check_name(name);
    const std::scoped_lock lock(mutex_);
    const auto at = objects_.find(name);
    return at == objects_.end() ? nullptr : std::make_unique<Reader>(at->second);
  }
  std::optional<storage::ObjectStat> stat(const std::string& name) override {
    storage::check_name(name);
    const std::scoped_lock lock(mutex_);
    const auto at = objects_.find(name);
    return at == objects_.end()
               ? std::nullopt
               : std::optional(storage::ObjectStat{.name = name, .size = at->second.size(), .modified_ns = 1});
  }
  std::vector<storage::ObjectStat> list(const std::string& prefix) override {
    const std::scoped_lock lock(mutex_);
    std::vector<storage::ObjectStat> out;
    for (const auto& [name, bytes] : objects_) {
      if (name.starts_with(prefix)) {
        out.push_back({.name = name, .size = bytes.size(), .modified_ns = 1});
      }
    }
    return out;
  }
  std::vector<std::string> list_folders(const std::string& prefix) override {
    const std::scoped_lock lock(mutex_);
    std::set<std::string> names;
    for (const auto& [name, bytes] : objects_) {
      const std::size_t slash = name.find('/', prefix.size());
      if (name.starts_with(prefix) && slash != std::string::npos) {
        names.insert(name.substr(prefix.size(), slash - prefix.size()));
      }
    }
    return {names.begin(), names.end()};
  }
  void remove(const std::string& name) override {
    storage::check_name(name);
    const std::scoped_lock lock(mutex_);
    objects_.erase(name);
  }
  void withdraw(const std::string& name) override {
    const std::scoped_lock lock(mutex_);
    if (objects_.erase(name) > 0) {
      unfinished_.insert(name);
    }
  }
  [[nodiscard]] bool is_unfinished(const std::string& name) override {
    const std::scoped_lock lock(mutex_);
    return unfinished_.contains(name);
  }
  void remove_unfinished(const std::string& prefix) override {
    const std::scoped_lock lock(mutex_);
    std::erase_if(unfinished_, [&](const auto& name) { return name.starts_with(prefix); });
  }
  void remove_all(const std::string& prefix) override {
    storage::check_name(std::string_view(prefix).substr(0, prefix.size() - 1));
    const std::scoped_lock lock(mutex_);
    std::erase_if(objects_, [&](const auto& object) { return object.first.starts_with(prefix); });
    std::erase_if(unfinished_, [&](const auto& name) { return name.starts_with(prefix); });
  }
  [[nodiscard]] std::string describe(const std::string& name) const override { return name; }
  [[nodiscard]] std::optional<std::uint64_t> free_bytes() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t segment_bytes() const override { return segment_bytes_; }

 private:
  class Writer final : public storage::ObjectWriter {
   public:
    Writer(MemoryStore& store, std::string name) : store_(&store), name_(std::move(name)) {
      const std::scoped_lock lock(store_->mutex_);
      store_->unfinished_.insert(name_);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    Writer(Writer&&) = delete;
    Writer& operator=(Writer&&) = delete;
    ~Writer() override { end(); }
    void write(base::ByteView bytes) override {
      const std::scoped_lock lock(store_->mutex_);
      if (store_->room_ && bytes.size() > *store_->room_) {
        base::fail({.code = "no_room",
                    .exit = Exit::failed,
                    .message = "the store is full",
                    .object = name_,
                    .state = {},
                    .next = {}});
      }
      if (store_->room_) {
        *store_->room_ -= bytes.size();
      }
      base::put(bytes_, bytes);
    }
    void commit() override {
      {
        const std::scoped_lock lock(store_->mutex_);
        store_->objects_[name_] = std::move(bytes_);
      }
      end();
    }

   private:
    void end() {
      const std::scoped_lock lock(store_->mutex_);
      const auto at = store_->unfinished_.find(name_);
      if (!std::exchange(ended_, true) && at != store_->unfinished_.end()) {
        store_->unfinished_.erase(at);
      }
    }

    MemoryStore* store_;
    std::string name_;
    bool ended_ = false;
    base::Bytes bytes_;
  };

  class Reader final : public storage::ObjectReader {
   public:
    explicit Reader(base::Bytes bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
      const std::uint64_t start = std::min<std::uint64_t>(offset, bytes_.size());
      const std::size_t size = std::min<std::uint64_t>(into.size(), bytes_.size() - start);
      std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(start), size, into.begin());
      return size;
    }

   private:
    base::Bytes bytes_;
  };

  std::mutex mutex_;
  std::uint64_t segment_bytes_;
  std::optional<std::uint64_t> room_;
  std::map<std::string, base::Bytes> objects_;
  std::multiset<std::string> unfinished_;
};

}  // namespace dbrollback::test
