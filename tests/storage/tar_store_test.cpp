#include "engine/storage/tar/tar_store.hpp"

#include <map>
#include <thread>

#include "tests/support/unit.hpp"

namespace dbrollback::storage {
namespace {

class Collector final : public TarSink {
 public:
  void begin(const std::string& name, std::uint64_t /*size*/) override { bytes_ = &files[name]; }
  void write(base::ByteView bytes) override { bytes_->append(base::text_of(bytes)); }
  void end() override {}
  std::map<std::string, std::string> files;

 private:
  std::string* bytes_ = nullptr;
};

class TarStores : public test::InFolder {};

TEST_F(TarStores, HoldEachObjectInOnePieceWhenSeveralThreadsWrite) {
  const base::File file(at("stream.tar"), base::File::Mode::create_new, 0600);
  TarStore store(file.fd(), "stream");
  {
    std::vector<std::jthread> threads;
    for (char thread = 'a'; thread < 'e'; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 20; ++i) {
          write_object(store, std::string(1, thread) + std::to_string(i), base::bytes_of(std::string(3000, thread)));
        }
      });
    }
  }
  store.finish();
  const base::File stored(at("stream.tar"), base::File::Mode::read);
  Collector sink;
  read_tar(stored.fd(), "stream", sink);
  EXPECT_EQ(sink.files.size(), 80U);
  for (const auto& [name, bytes] : sink.files) {
    EXPECT_EQ(bytes, std::string(3000, name.front())) << name;
  }
}

}  // namespace
}  // namespace dbrollback::storage
