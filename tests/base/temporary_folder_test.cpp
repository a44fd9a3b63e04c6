#include "engine/base/temporary_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

class TemporaryFolders : public test::InFolder {
 protected:
  [[nodiscard]] fs::path beginning() const { return at("scratch-"); }
};

TEST_F(TemporaryFolders, GoWithEverythingInThem) {
  fs::path path;
  {
    const TemporaryFolder temporary(beginning());
    path = temporary.path();
    EXPECT_TRUE(path.native().starts_with(beginning().native()));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path / "a/b");
    test::put_content(path / "a/b/file", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolders, RemoveThoseThatNobodyHolds) {
  const fs::path left = at("scratch-0123abcd");
  fs::create_directories(left / "a");
  const TemporaryFolder held(beginning());
  EXPECT_FALSE(fs::exists(left));
  const TemporaryFolder other(beginning());
  EXPECT_TRUE(fs::exists(held.path()));
  EXPECT_NE(held.path(), other.path());
}

TEST_F(TemporaryFolders, AreNotSweptAwayByThoseMadeAtTheSameTime) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const TemporaryFolder temporary(beginning());
        std::this_thread::yield();
        EXPECT_TRUE(fs::exists(temporary.path()));
      }
    });
  }
}

TEST_F(TemporaryFolders, LeaveAloneWhatIsNotTheirs) {
  const fs::path elsewhere = at("elsewhere");
  fs::create_directories(elsewhere);
  test::put_content(elsewhere / "wanted", "x");
  fs::create_directory_symlink(elsewhere, at("scratch-0123abcd"));
  fs::create_directories(at("scratch-0123abcde"));
  fs::create_directories(at("scratch-0123abcX"));
  fs::create_directories(at("other-0123abcd"));
  test::put_content(at("scratch-01234567"), "a file");
  { const TemporaryFolder temporary(beginning()); }
  for (const char* name : {"elsewhere/wanted", "scratch-0123abcd", "scratch-0123abcde", "scratch-0123abcX",
                           "other-0123abcd", "scratch-01234567"}) {
    EXPECT_TRUE(fs::exists(at(name))) << name;
  }
}

TEST_F(TemporaryFolders, SayWhatCouldNotBeMade) {
  test::put_content(at("file"), "x");
  const ErrorInfo info = test::error_of([&] { const TemporaryFolder temporary(at("file/scratch-")); });
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_NE(info.object.find("file"), std::string::npos);
}

}  // namespace
}  // namespace dbrollback::base
