#include "engine/base/system.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "engine/base/file.hpp"
#include "engine/base/time.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

class Interrupted final : public System {
 public:
  ssize_t write(int fd, const void* bytes, std::size_t size) override {
    if (++writes_ % 2 == 1) {
      errno = EINTR;
      return -1;
    }
    return System::write(fd, bytes, std::min<std::size_t>(size, 3));
  }
  int fsync(int /*fd*/) override {
    errno = EIO;
    return -1;
  }
  int fchmod(int fd, mode_t permissions) override {
    if (chmod_fails) {
      errno = EPERM;
      return -1;
    }
    return System::fchmod(fd, permissions);
  }
  std::chrono::system_clock::time_point now() override {
    return std::chrono::system_clock::time_point(std::chrono::hours(24));
  }
  void reached(std::string_view point) override { points.emplace_back(point); }

  bool chmod_fails = false;
  std::vector<std::string> points;

 private:
  int writes_ = 0;
};

using Systems = test::InFolder;

TEST_F(Systems, TakeThePlaceOfTheRealOneForAsLongAsTheyLive) {
  Interrupted system;
  {
    const ReplacedSystem replaced(system);
    File file(at("file"), File::Mode::create_new);
    file.write(bytes_of("interrupted, and in small parts"));
    EXPECT_EQ(test::error_of([&] { file.sync(); }).object, at("file"));
    EXPECT_EQ(to_iso(now()), "1970-01-02T00:00:00.000000000Z");
    reached("here");
  }
  EXPECT_EQ(system.points, std::vector<std::string>{"here"});
  EXPECT_EQ(test::content_of(at("file")), "interrupted, and in small parts");
  EXPECT_GT(now(), Time(std::chrono::hours(48)));
  EXPECT_NO_THROW(File(at("file"), File::Mode::write).sync());
}

TEST_F(Systems, LeaveNoFileWhoseModeCouldNotBeSet) {
  Interrupted system;
  system.chmod_fails = true;
  const ReplacedSystem replaced(system);
  EXPECT_EQ(test::error_of([&] { const File file(at("file"), File::Mode::create_new); }).code, "no_permission");
  EXPECT_FALSE(fs::exists(at("file")));
}

}  // namespace
}  // namespace dbrollback::base
