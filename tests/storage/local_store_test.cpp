// What a store in a folder does beyond what every store must (tests/conformance).
#include "engine/storage/local/local_store.hpp"

#include "tests/support/unit.hpp"

namespace dbrollback::storage {
namespace {

namespace fs = std::filesystem;

class LocalStores : public test::InFolder {
 protected:
  LocalStores() { base::make_folder(at("store"), 0700); }
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) {
    std::vector<std::string> out;
    for (const auto& object : store_.list(prefix)) {
      out.push_back(object.name);
    }
    return out;
  }
  static fs::perms mode_of(const fs::path& path) { return fs::status(path).permissions(); }

  LocalStore store_{at("store"), Permissions{}};
};

using Names = std::vector<std::string>;

TEST_F(LocalStores, WriteBesideAndRename) {
  const auto writer = store_.put("a/object");
  writer->write(base::bytes_of("x"));
  const auto files = base::list_folder(at("store/a"));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files[0].starts_with("object.") && files[0].ends_with(".part")) << files[0];
  writer->commit();
  EXPECT_EQ(base::list_folder(at("store/a")), Names{"object"});
}

TEST_F(LocalStores, DoNotListWhatACrashLeft) {
  write_object(store_, "a/object", {});
  test::put_content(at("store/a/object.12345678.part"), "x");
  EXPECT_EQ(names(""), Names{"a/object"});
  store_.remove_all("a/");
  EXPECT_FALSE(fs::exists(at("store/a")));
}

TEST_F(LocalStores, GiveFilesAndFoldersTheModesOfTheRepository) {
  write_object(store_, "a/object", {});
  EXPECT_EQ(mode_of(at("store/a")), fs::perms(0700));
  EXPECT_EQ(mode_of(at("store/a/object")), fs::perms(0600));
  base::make_folder(at("shared"), 02770);
  LocalStore shared(at("shared"), {.folder = 02770, .file = 0660});
  EXPECT_TRUE(shared.put_if_absent("a/object", {}));
  EXPECT_EQ(mode_of(at("shared/a")), fs::perms(02770));
  EXPECT_EQ(mode_of(at("shared/a/object")), fs::perms(0660));
}

TEST_F(LocalStores, ShowLinksAndDoNotFollowThem) {
  fs::create_directory(at("outside"));
  test::put_content(at("outside/secret"), "secret");
  write_object(store_, "a/object", {});
  fs::create_directory_symlink(at("outside"), at("store/a/elsewhere"));
  fs::create_directory_symlink(".", at("store/a/loop"));
  fs::create_symlink("nowhere", at("store/a/dangling"));
  fs::create_symlink("itself", at("store/a/itself"));
  EXPECT_EQ(names(""), (Names{"a/dangling", "a/elsewhere", "a/itself", "a/loop", "a/object"}));
  store_.remove_all("a/");
  EXPECT_FALSE(fs::exists(at("store/a")));
  EXPECT_EQ(test::content_of(at("outside/secret")), "secret");
}

TEST_F(LocalStores, RemoveFoldersThatSomebodyPutThere) {
  fs::create_directories(at("store/a/not/ours"));
  test::put_content(at("store/a/not/ours/file"), "x");
  store_.remove_all("a/");
  EXPECT_FALSE(fs::exists(at("store/a")));
}

TEST_F(LocalStores, AreNotMadeAgainWhenTheirFolderIsGone) {
  test::fs::remove_all(at("store"));
  const ErrorInfo info = test::error_of([&] { (void)store_.put("runs/object"); });
  EXPECT_EQ(info.code, "not_found");
  EXPECT_EQ(info.object, at("store"));
  EXPECT_FALSE(test::fs::exists(at("store")));
}

TEST_F(LocalStores, RemoveNothingWhereThereIsNothing) {
  EXPECT_NO_THROW(store_.remove("absent/object"));
  EXPECT_NO_THROW(store_.withdraw("absent/object"));
  EXPECT_NO_THROW(store_.remove_all("absent/"));
}

TEST_F(LocalStores, SayWhereAnObjectIs) {
  EXPECT_EQ(store_.describe("a/object"), at("store/a/object").native());
  EXPECT_GT(store_.free_bytes().value_or(0), 0U);
}

}  // namespace
}  // namespace dbrollback::storage
