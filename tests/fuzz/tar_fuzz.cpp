// Tar streams: whatever comes in, each file is as long as was said; what the tar store writes comes back.
#include <sys/mman.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/storage/tar/tar_store.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

using fuzz::require;
using fuzz::succeeds;
using Files = std::vector<std::pair<std::string, std::string>>;

class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("stream", MFD_CLOEXEC)) {}
  ~MemoryFile() { (void)::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  MemoryFile(MemoryFile&&) = delete;
  MemoryFile& operator=(MemoryFile&&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  void rewind() const { require(::lseek(fd_, 0, SEEK_SET) == 0, "a file in memory can be rewound"); }

 private:
  int fd_;
};

class Collector final : public storage::TarSink {
 public:
  void begin(const std::string& name, std::uint64_t size) override {
    require(!open_, "one file at a time");
    open_ = true;
    left_ = size;
    files.emplace_back(name, std::string());
  }
  void write(base::ByteView bytes) override {
    require(open_ && bytes.size() <= left_, "no file is longer than was said");
    left_ -= bytes.size();
    room_ -= std::min<std::uint64_t>(room_, bytes.size());
    if (room_ == 0) {  // a sparse file may be as long as it likes
      base::fail({.code = "no_room", .exit = Exit::failed, .message = "full", .object = {}, .state = {}, .next = {}});
    }
    files.back().second += base::text_of(bytes);
  }
  void end() override {
    require(open_ && left_ == 0, "no file is shorter than was said");
    open_ = false;
  }
  Files files;

 private:
  bool open_ = false;
  std::uint64_t left_ = 0;
  std::uint64_t room_ = 1U << 20U;
};

void check_stream(const std::string& bytes) {
  const MemoryFile file;
  base::write_all(file.fd(), base::bytes_of(bytes), "stream");
  file.rewind();
  Collector sink;
  (void)succeeds([&] { storage::read_tar(file.fd(), "standard input", sink); });
}

void check_round_trip(fuzz::Input& input) {
  const MemoryFile file;
  Files files;
  storage::TarStore store(file.fd(), "stream");
  while (!input.empty() && files.size() < 8) {
    const std::string name = input.line();
    const std::string bytes = input.line();
    if (storage::is_valid_name(name)) {
      storage::write_object(store, name, base::bytes_of(bytes));
      files.emplace_back(name, bytes);
    }
  }
  store.finish();
  file.rewind();
  Collector sink;
  require(succeeds([&] { storage::read_tar(file.fd(), "standard input", sink); }), "a stream of ours can be read");
  require(sink.files == files, "a stream of ours comes back as it was");
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  fuzz::Input input(data, size);
  if (input.byte() % 2 == 0) {
    check_stream(input.rest());
  } else {
    check_round_trip(input);
  }
  return 0;
}
