#include "engine/base/lock.hpp"

#include <sys/stat.h>

#include <csignal>

#include "engine/base/run.hpp"
#include "tests/support/another_process.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

using std::chrono::milliseconds;

class Locks : public test::InFolder {
 protected:
  [[nodiscard]] fs::path lock() const { return at("lock"); }
  [[nodiscard]] test::AnotherProcess holder(FileLock::Kind kind) const {
    return test::AnotherProcess([&] { return FileLock(lock(), kind, milliseconds(5000), "the test", 0600); });
  }
  [[nodiscard]] ErrorInfo busy(FileLock::Kind kind, milliseconds timeout) const {
    return test::error_of([&] { const FileLock second(lock(), kind, timeout, "another snapshot of app", 0600); });
  }
};

TEST_F(Locks, ExcludeOthersAndNameTheHolder) {
  const test::AnotherProcess other = holder(FileLock::Kind::exclusive);
  const ErrorInfo info = busy(FileLock::Kind::exclusive, milliseconds(0));
  EXPECT_EQ(info.exit, Exit::busy);
  EXPECT_EQ(info.code, "repository_busy");
  EXPECT_TRUE(info.message.starts_with("another snapshot of app is running: ")) << info.message;
  EXPECT_NE(info.message.find(std::to_string(other.pid())), std::string::npos) << info.message;
}

TEST_F(Locks, AreSharedByReaders) {
  const test::AnotherProcess other = holder(FileLock::Kind::shared);
  EXPECT_NO_THROW(FileLock(lock(), FileLock::Kind::shared, milliseconds(0), "a reader", 0600));
  EXPECT_EQ(busy(FileLock::Kind::exclusive, milliseconds(0)).exit, Exit::busy);
}

TEST_F(Locks, AreWaitedForAsLongAsAsked) {
  const test::AnotherProcess other = holder(FileLock::Kind::exclusive);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(busy(FileLock::Kind::shared, milliseconds(200)).exit, Exit::busy);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(200));
}

TEST_F(Locks, GoWithAHolderThatWasKilled) {
  test::AnotherProcess other = holder(FileLock::Kind::exclusive);
  EXPECT_EQ(busy(FileLock::Kind::exclusive, milliseconds(0)).exit, Exit::busy);
  other.kill();
  EXPECT_NO_THROW(FileLock(lock(), FileLock::Kind::exclusive, milliseconds(0), "the next", 0600));
}

TEST_F(Locks, GoWithTheirObject) {
  { const FileLock first(lock(), FileLock::Kind::exclusive, milliseconds(0), "the first", 0600); }
  EXPECT_NO_THROW(FileLock(lock(), FileLock::Kind::exclusive, milliseconds(0), "the second", 0600));
}

// Also by one of its children that outlives it.
TEST_F(Locks, AreHeldByAProgramThatWasStartedWithThem) {
  const auto take = [this] {
    return FileLock(lock(), FileLock::Kind::exclusive, milliseconds(0), "the command", 0600);
  };
  const auto start = [&](const FileLock& held) {
    return run({.arguments = {"sh", "-c", "sleep 60 > /dev/null 2>&1 & echo $!"}, .lock = &held}).output;
  };
  std::string pid;
  {
    const FileLock mine = take();
    pid = start(mine);
  }
  const ErrorInfo info = busy(FileLock::Kind::exclusive, milliseconds(0));
  EXPECT_NE(info.message.find(pid.substr(0, pid.find('\n')) + " sleep"), std::string::npos) << info.message;
  ASSERT_EQ(::kill(std::stoi(pid), SIGKILL), 0);
  EXPECT_NO_THROW(FileLock(lock(), FileLock::Kind::exclusive, milliseconds(5000), "the next", 0600));

  FileLock mine = take();
  pid = start(mine);
  mine.release();
  EXPECT_NO_THROW(take()) << "it is over, whatever it left behind";
  ASSERT_EQ(::kill(std::stoi(pid), SIGKILL), 0);
}

TEST_F(Locks, AreTriedWithoutWaiting) {
  FileLock mine;
  {
    const test::AnotherProcess other = holder(FileLock::Kind::shared);
    EXPECT_FALSE(FileLock::try_exclusive(lock(), 0600, mine));
  }
  EXPECT_TRUE(FileLock::try_exclusive(lock(), 0600, mine));
  FileLock other;
  EXPECT_FALSE(FileLock::try_exclusive(lock(), 0600, other)) << "not even the same process gets it twice";
}

TEST_F(Locks, HaveTheModeOfTheirRepository) {
  const FileLock mine(lock(), FileLock::Kind::shared, milliseconds(0), "the first", 0660);
  struct stat info {};
  ASSERT_EQ(::stat(lock().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0660U);
}

}  // namespace
}  // namespace dbrollback::base
