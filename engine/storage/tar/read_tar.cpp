#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/storage/tar/tar_store.hpp"

namespace dbrollback::storage {

namespace {

using Reader = std::unique_ptr<archive, decltype([](archive* handle) { (void)archive_read_free(handle); })>;

[[noreturn]] void damaged(const std::string& object, const std::string& problem) {
  base::fail({.code = "damaged_stream",
              .exit = Exit::damaged,
              .message = base::cat(object, " ", problem),
              .object = object,
              .state = "nothing was restored or changed",
              .next = "give a stream that `dbrollback snapshot --output -` wrote, from its beginning to its end"});
}

void copy_entry(archive* handle, const std::string& object, std::uint64_t size, TarSink& sink) {
  base::Bytes buffer(1U << 16U);
  while (size > 0) {
    const la_ssize_t got = archive_read_data(handle, buffer.data(), buffer.size());
    if (got <= 0) {
      damaged(object, "ends in the middle of a snapshot: the stream was cut off");
    }
    sink.write(base::ByteView(buffer).first(static_cast<std::size_t>(got)));
    size -= std::min<std::uint64_t>(size, static_cast<std::uint64_t>(got));
  }
}

}  // namespace

void read_tar(int fd, const std::string& object, TarSink& sink) {
  const Reader reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_fd(reader.get(), fd, 1 << 16) != ARCHIVE_OK) {
    damaged(object, "is not a tar archive");
  }
  archive_entry* entry = nullptr;
  int result = archive_read_next_header(reader.get(), &entry);
  for (; result == ARCHIVE_OK || result == ARCHIVE_WARN; result = archive_read_next_header(reader.get(), &entry)) {
    const char* path = archive_entry_pathname(entry);
    const std::string name = path != nullptr ? path : "";
    if (archive_entry_filetype(entry) == AE_IFDIR) {
      continue;
    }
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
      damaged(object, base::cat("holds '", base::printable(name), "', which is not a plain file"));
    }
    const auto size = static_cast<std::uint64_t>(archive_entry_size(entry));
    sink.begin(name, size);
    copy_entry(reader.get(), object, size, sink);
    sink.end();
  }
  if (result != ARCHIVE_EOF) {
    damaged(object, "is damaged, or was cut off");
  }
}

}  // namespace dbrollback::storage
