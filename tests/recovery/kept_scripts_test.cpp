// The scripts of migrations that are kept with a release.
#include "engine/recovery/kept_scripts.hpp"

#include "engine/migrate/project.hpp"
#include "engine/recovery/verdicts.hpp"
#include "tests/recovery/sqlite_case.hpp"

namespace dbrollback::recovery {
namespace {

namespace fs = std::filesystem;

class KeptScriptsOf : public test::SqliteCase {
 protected:
  KeptScriptsOf() {
    add_migration("1_first", "CREATE TABLE a (x);", "DROP TABLE a;");
    add_migration("2_second", "CREATE TABLE b (x);");
    release_.database.format = "dbmate";
  }

  Release release_;
};

TEST_F(KeptScriptsOf, AReleaseOutliveTheirFolder) {
  release_.database.scripts = keep_scripts(store(), database_);
  ASSERT_EQ(release_.database.scripts.size(), 32U);
  const std::string text = test::content_of(at("migrations/1_first.sql"));
  fs::remove_all(at("migrations"));
  database_.migrations_table = "changes";
  database_.migrate.up = {"true"};
  fs::path folder;
  {
    const KeptScripts kept(store(), release_, database_);
    folder = kept.database().migrations;
    EXPECT_EQ(test::content_of(folder / "1_first.sql"), text);
    EXPECT_EQ(kept.database().migrations_format, "dbmate");
    EXPECT_EQ(kept.database().migrations_table, "changes");
    EXPECT_TRUE(kept.database().migrate.up.empty()) << "they are scripts, and run as such";
    EXPECT_EQ(kept.database().url, database_.url);
    const migrate::LoadedProject project = migrate::load_project(kept.database());
    ASSERT_EQ(project.project->migrations().size(), 2U);
    EXPECT_TRUE(project.project->migrations().at(0).down.has_value());
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(KeptScriptsOf, TheSameFolderAreKeptOnce) {
  const std::string first = keep_scripts(store(), database_);
  EXPECT_EQ(keep_scripts(store(), database_), first);
  add_migration("2_second", "CREATE TABLE b (y);");
  EXPECT_NE(keep_scripts(store(), database_), first);
}

TEST_F(KeptScriptsOf, NoFolderAreNone) {
  database_.migrations.clear();
  EXPECT_EQ(keep_scripts(store(), database_), "");
  EXPECT_TRUE(pending_migrations(database_, quiet_).empty());
}

TEST_F(KeptScriptsOf, AReleaseThatAreGoneAreDamage) {
  release_.database.scripts = keep_scripts(store(), database_);
  fs::remove(at("repository/kept") / release_.database.scripts);
  EXPECT_EQ(test::error_of([&] { const KeptScripts kept(store(), release_, database_); }).exit, Exit::damaged);
}

TEST_F(KeptScriptsOf, WhatIsPendingAreListedInTheirOrder) {
  execute("CREATE TABLE a (x)");
  const auto all = pending_migrations(database_, quiet_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].version, "1");
  EXPECT_TRUE(all[0].has_down);
  EXPECT_EQ(all[1].name, "2_second");
  EXPECT_TRUE(all[1].has_down);
  const migrate::LoadedProject project = migrate::load_project(database_);
  EXPECT_EQ(all[0].scripts, scripts_hash(project.project->migrations().at(0))) << "by which verdicts are found";
  say_applied({"1"});
  const auto rest = pending_migrations(database_, quiet_);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].version, "2");
}

TEST_F(KeptScriptsOf, AMigrationWithoutAWayBackSaySo) {
  fs::remove_all(at("migrations"));
  fs::create_directories(at("migrations"));
  test::put_content(at("migrations/1_first.up.sql"), "CREATE TABLE a (x);");
  test::put_content(at("migrations/1_first.down.sql"), "DROP TABLE a;");
  test::put_content(at("migrations/2_second.up.sql"), "CREATE TABLE b (x);");
  execute("CREATE TABLE z (x)");
  const auto all = pending_migrations(database_, quiet_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].has_down);
  EXPECT_FALSE(all[1].has_down);
}

}  // namespace
}  // namespace dbrollback::recovery
