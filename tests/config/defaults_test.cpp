// What holds when nothing is configured, and where a configuration is looked for.
#include "engine/config/defaults.hpp"

#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class FindConfig : public ConfigTest {};
class DefaultConfig : public ConfigTest {};

TEST_F(FindConfig, LooksInTheFolderAndItsParents) {
  write(folder() / "a/dbrollback.toml", "");
  fs::create_directories(folder() / "a/b/c");
  EXPECT_EQ(find_config(folder() / "a"), folder() / "a/dbrollback.toml");
  EXPECT_EQ(find_config(folder() / "a/b/c"), folder() / "a/dbrollback.toml");
  EXPECT_EQ(find_config("a/b/"), folder() / "a/dbrollback.toml") << "relative to the working directory";
}

TEST_F(FindConfig, PrefersTheNearest) {
  write(folder() / "dbrollback.toml", "");
  write(folder() / "a/dbrollback.toml", "");
  fs::create_directories(folder() / "a/b");
  EXPECT_EQ(find_config(folder() / "a/b"), folder() / "a/dbrollback.toml");
}

TEST_F(FindConfig, PassesAFolderOfThatName) {
  write(folder() / "dbrollback.toml", "");
  fs::create_directories(folder() / "a/dbrollback.toml");
  EXPECT_EQ(find_config(folder() / "a"), folder() / "dbrollback.toml");
}

TEST_F(FindConfig, IsEmptyWhenThereIsNone) {
  EXPECT_EQ(find_config("/"), fs::path());
  EXPECT_EQ(find_config("/proc/self"), fs::path());
}

TEST_F(DefaultConfig, NeedsNoWorkingDirectoryForAbsolutePaths) {
  set("DBROLLBACK_REPOSITORY", "/srv/snapshots");
  fs::create_directory("gone");
  fs::current_path("gone");
  fs::remove(folder() / "gone");
  EXPECT_EQ(default_config().repository, "/srv/snapshots");
  EXPECT_EQ(sqlite_path("/a.db"), "/a.db");
  EXPECT_EQ(error_of([] { (void)sqlite_path("a.db"); }).code, "no_working_directory");
}

TEST_F(DefaultConfig, HasNoFileAndNoDatabase) {
  const Config config = default_config();
  EXPECT_TRUE(config.file.empty());
  EXPECT_TRUE(config.databases.empty());
  EXPECT_EQ(config.timezone, "UTC");
  EXPECT_TRUE(fs::path(config.repository).is_absolute());
}

TEST_F(DefaultConfig, KeepsSnapshotsInTheAccountsDataFolder) {
  EXPECT_EQ(config::default_repository(false, "/data/", "/home/anna"), "/data/dbrollback");
  EXPECT_EQ(config::default_repository(false, "", "/home/anna"), "/home/anna/.local/share/dbrollback");
  EXPECT_EQ(config::default_repository(false, "relative", "/home/anna"), "/home/anna/.local/share/dbrollback");
}

TEST_F(DefaultConfig, KeepsSnapshotsInTheMachinesFolderForRootAndForAccountsWithoutAHome) {
  EXPECT_EQ(config::default_repository(true, "/data", "/root"), "/var/lib/dbrollback");
  EXPECT_EQ(config::default_repository(false, "", ""), "/var/lib/dbrollback");
}

}  // namespace
}  // namespace dbrollback::config_test
