#include "engine/storage/tar/tar_store.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <ctime>
#include <mutex>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::storage {

namespace {

using Entry = std::unique_ptr<archive_entry, decltype([](archive_entry* entry) { archive_entry_free(entry); })>;

}  // namespace

// libarchive's writer over a descriptor of ours. Exceptions do not pass through C: the callback keeps them.
class TarStore::Archive {
 public:
  Archive(int fd, const std::string& object) : fd_(fd), object_(object), archive_(archive_write_new()) {
    archive_write_set_format_pax_restricted(archive_.get());
    archive_write_set_bytes_per_block(archive_.get(), 1 << 16);
    archive_write_set_bytes_in_last_block(archive_.get(), 1);
    check(archive_write_open(archive_.get(), this, nullptr, &Archive::write_block, nullptr));
  }

  void add(const std::string& name, base::ByteView bytes) {
    const std::scoped_lock lock(mutex_);
    const Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_mtime(entry.get(), std::time(nullptr), 0);
    check(archive_write_header(archive_.get(), entry.get()));
    if (!bytes.empty() && archive_write_data(archive_.get(), bytes.data(), bytes.size()) < 0) {
      check(ARCHIVE_FATAL);
    }
    check(archive_write_finish_entry(archive_.get()));
  }

  void finish() { check(archive_write_close(archive_.get())); }

 private:
  static la_ssize_t write_block(archive* handle, void* self, const void* bytes, std::size_t size) {
    auto& store = *static_cast<Archive*>(self);
    try {
      if (!store.failure_) {
        base::write_all(store.fd_, {static_cast<const std::byte*>(bytes), size}, store.object_);
        return static_cast<la_ssize_t>(size);
      }
    } catch (...) {
      store.failure_ = std::current_exception();
    }
    archive_set_error(handle, EIO, "write failed");
    return -1;
  }

  void check(int result) {
    if (result >= ARCHIVE_WARN) {
      return;
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    const char* why = archive_error_string(archive_.get());
    base::fail({.code = "io",
                .exit = Exit::failed,
                .message = base::cat("could not write the tar stream to ", object_, ": ", why != nullptr ? why : "?"),
                .object = object_,
                .state = {},
                .next = {}});
  }

  std::mutex mutex_;  // an entry is written as a whole
  int fd_;
  std::string object_;
  std::exception_ptr failure_;
  struct Free {
    void operator()(archive* handle) const { (void)archive_write_free(handle); }
  };
  std::unique_ptr<archive, Free> archive_;
};

namespace {

class TarWriter final : public ObjectWriter {
 public:
  TarWriter(TarStore::Archive& archive, std::string name) : archive_(&archive), name_(std::move(name)) {}
  void write(base::ByteView bytes) override { base::put(bytes_, bytes); }
  void commit() override { archive_->add(name_, bytes_); }

 private:
  TarStore::Archive* archive_;
  std::string name_;
  base::Bytes bytes_;
};

}  // namespace

TarStore::TarStore(int fd, std::string object)
    : object_(std::move(object)), archive_(std::make_unique<Archive>(fd, object_)) {}
TarStore::~TarStore() = default;

std::unique_ptr<ObjectWriter> TarStore::put(const std::string& name) {
  check_name(name);
  return std::make_unique<TarWriter>(*archive_, name);
}

bool TarStore::put_if_absent(const std::string& name, base::ByteView bytes) {
  write_object(*this, name, bytes);
  return true;
}

std::unique_ptr<ObjectReader> TarStore::open(const std::string& /*name*/) { return nullptr; }
std::optional<ObjectStat> TarStore::stat(const std::string& /*name*/) { return std::nullopt; }
std::vector<ObjectStat> TarStore::list(const std::string& /*prefix*/) { return {}; }
std::vector<std::string> TarStore::list_folders(const std::string& /*prefix*/) { return {}; }
void TarStore::remove(const std::string& /*name*/) {}
void TarStore::withdraw(const std::string& /*name*/) {}
bool TarStore::is_unfinished(const std::string& /*name*/) { return false; }
void TarStore::remove_unfinished(const std::string& /*prefix*/) {}
void TarStore::remove_all(const std::string& /*prefix*/) {}
std::string TarStore::describe(const std::string& name) const { return base::cat(name, " in ", object_); }
void TarStore::finish() { archive_->finish(); }

}  // namespace dbrollback::storage
