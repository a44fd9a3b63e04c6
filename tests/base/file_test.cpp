#include "engine/base/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

class Files : public test::InFolder {};

// A umask for the time of a test.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { (void)::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  Umask(Umask&&) = delete;
  Umask& operator=(Umask&&) = delete;

 private:
  mode_t before_;
};

TEST_F(Files, AreWrittenAndReadAtAnyOffset) {
  File file(at("a"), File::Mode::create);
  file.write(bytes_of("hello "));
  file.write(bytes_of("world"));
  EXPECT_EQ(file.size(), 11U);
  Bytes into(5);
  EXPECT_EQ(file.read_at(6, into), 5U);
  EXPECT_EQ(text_of(into), "world");
  EXPECT_EQ(file.read_at(9, into), 2U) << "fewer only at the end";
  EXPECT_EQ(file.read_at(100, into), 0U);
}

TEST_F(Files, AreCreatedWithTheirPermissionsWhateverTheUmask) {
  const Umask all_taken(0777);
  { const File file(at("private"), File::Mode::create); }
  { const File file(at("shared"), File::Mode::create_new, 0660); }
  make_folder(at("one/two"), 02770);
  EXPECT_EQ(mode_of(at("private")), 0600U);
  EXPECT_EQ(mode_of(at("shared")), 0660U);
  EXPECT_EQ(mode_of(at("one")), 02770U);
  EXPECT_EQ(mode_of(at("one/two")), 02770U);
}

TEST_F(Files, AreNotCreatedOverOthers) {
  test::put_content(at("a"), "old");
  const ErrorInfo info = test::error_of([&] { const File file(at("a"), File::Mode::create_new); });
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(test::content_of(at("a")), "old");
}

TEST_F(Files, AreNotOpenedThroughALinkThatSomebodyPutThere) {
  test::put_content(at("secret"), "secret");
  fs::create_symlink(at("secret"), at("link"));
  EXPECT_EQ(test::error_of([&] { const File file(at("link"), File::Mode::read); }).exit, Exit::failed);
  EXPECT_EQ(test::error_of([&] { const File file(at("link"), File::Mode::create); }).exit, Exit::failed);
  EXPECT_EQ(test::content_of(at("secret")), "secret");
}

TEST_F(Files, ThatAreAbsentAreNamedInTheError) {
  const ErrorInfo info = test::error_of([&] { const File file(at("absent"), File::Mode::read); });
  EXPECT_EQ(info.code, "not_found");
  EXPECT_EQ(info.object, at("absent"));
}

TEST_F(Files, AreMovedWithWhatTheyHold) {
  File first(at("a"), File::Mode::create);
  File second = std::move(first);
  EXPECT_TRUE(second.is_open());
  second.write(bytes_of("x"));
  first = std::move(second);
  EXPECT_TRUE(first.is_open());
  EXPECT_EQ(first.path(), at("a"));
  first.close();
  EXPECT_FALSE(first.is_open());
}

TEST_F(Files, AreReadWholeUpToALimit) {
  test::put_content(at("a"), "12345");
  EXPECT_EQ(read_file(at("a"), 5), "12345");
  EXPECT_FALSE(read_file(at("absent"), 5));
  const ErrorInfo info = test::error_of([&] { (void)read_file(at("a"), 4); });
  EXPECT_EQ(info.code, "too_large");
  EXPECT_EQ(info.exit, Exit::damaged);
}

TEST_F(Files, ReplaceOthersWhenRenamed) {
  test::put_content(at("a"), "new");
  test::put_content(at("b"), "old");
  rename_file(at("a"), at("b"));
  EXPECT_EQ(test::content_of(at("b")), "new");
  EXPECT_FALSE(fs::exists(at("a")));
}

TEST_F(Files, ReplaceNothingWhenRenamedOnlyIfAbsent) {
  test::put_content(at("a"), "new");
  test::put_content(at("b"), "old");
  EXPECT_FALSE(rename_file_if_absent(at("a"), at("b")));
  EXPECT_EQ(test::content_of(at("b")), "old");
  EXPECT_EQ(test::content_of(at("a")), "new");
  EXPECT_TRUE(rename_file_if_absent(at("a"), at("c")));
  EXPECT_EQ(test::content_of(at("c")), "new");
  EXPECT_FALSE(fs::exists(at("a")));
}

TEST_F(Files, ThatAreAbsentAreRemovedAlready) {
  EXPECT_NO_THROW(remove_file(at("absent")));
  EXPECT_NO_THROW(remove_folder_if_empty(at("absent")));
}

TEST_F(Files, KeepTheirFolderFromBeingRemoved) {
  fs::create_directory(at("full"));
  test::put_content(at("full/a"), "a");
  EXPECT_NO_THROW(remove_folder_if_empty(at("full")));
  EXPECT_TRUE(fs::exists(at("full/a")));
  remove_file(at("full/a"));
  remove_folder_if_empty(at("full"));
  EXPECT_FALSE(fs::exists(at("full")));
}

TEST_F(Files, AreListedByName) {
  test::put_content(at("b"), "");
  test::put_content(at("a"), "");
  auto names = list_folder(folder());
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(list_folder(at("absent")).empty());
  EXPECT_TRUE(list_folder(at("a")).empty()) << "a file holds none";
}

TEST_F(Files, SayWhatTheyAre) {
  test::put_content(at("a"), "123");
  const auto file = stat_file(at("a"));
  const auto here = stat_file(folder());
  ASSERT_TRUE(file && here);
  EXPECT_TRUE(file->is_regular);
  EXPECT_FALSE(file->is_folder);
  EXPECT_EQ(file->size, 3U);
  EXPECT_TRUE(here->is_folder);
  EXPECT_FALSE(stat_file(at("absent")));
  EXPECT_FALSE(stat_file(at("a/below")));
}

TEST_F(Files, AreCopiedWithTheirMode) {
  test::put_content(at("a"), "content");
  ASSERT_EQ(::chmod(at("a").c_str(), 0640), 0);
  base::copy_file(at("a"), at("b"));
  EXPECT_EQ(test::content_of(at("b")), "content");
  EXPECT_EQ(mode_of(at("b")), 0640U);
}

TEST_F(Files, KeepInodeAndModeWhenOverwrittenOrEmptied) {
  test::put_content(at("a"), "short");
  test::put_content(at("b"), "a longer content than that");
  ASSERT_EQ(::chmod(at("b").c_str(), 0604), 0);
  const auto before = stat_file(at("b"));
  overwrite_file(at("a"), at("b"));
  EXPECT_EQ(test::content_of(at("b")), "short");
  empty_file(at("b"));
  EXPECT_EQ(test::content_of(at("b")), "");
  EXPECT_EQ(stat_file(at("b"))->inode, before->inode);
  EXPECT_EQ(mode_of(at("b")), 0604U);
}

TEST_F(Files, HaveADiskThoughTheyDoNotExistYet) {
  const Disk disk = disk_of(at("not/there/yet"));
  EXPECT_EQ(disk.device, stat_file(folder())->device);
  EXPECT_GT(disk.free_bytes, 0U);
  EXPECT_FALSE(disk.read_only);
}

}  // namespace
}  // namespace dbrollback::base
