// What Diesel does with the same files: diesel_migrations/migrations_internals/src/lib.rs,
// diesel_migrations/src/file_based_migrations.rs and migration_harness.rs of https://github.com/diesel-rs/diesel.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& diesel_format();

namespace {

using Texts = std::vector<std::string>;

std::unique_ptr<Project> diesel(const Folder& folder) {
  return diesel_format().read(folder, {.dialect = Dialect::sqlite, .environment = {}});
}

bool diesel_transaction(const std::string& metadata) {
  const auto project = diesel({{"1_a/metadata.toml", metadata}, {"1_a/up.sql", "SELECT 1;"}});
  return project->migrations().at(0).up.in_transaction;
}

TEST(Diesel, ReadsDirectories) {
  const auto project = diesel({{".hidden/x", ""},
                               {"2020-01-02-030405_b_c/down.sql", "DROP TABLE b;"},
                               {"2020-01-02-030405_b_c/up.sql",
                                "\xEF\xBB\xBF"
                                "CREATE TABLE b(x);\r\n"},
                               {"20191231_a/up.sql", "CREATE TABLE a(x);"},
                               {"README.md", "text"}});
  ASSERT_EQ(project->migrations().size(), 2U);
  const Migration& first = project->migrations()[0];
  EXPECT_EQ(first.version, "20191231");
  EXPECT_FALSE(first.down);
  const Migration& second = project->migrations()[1];
  EXPECT_EQ(second.version, "20200102030405");
  EXPECT_EQ(second.name, "2020-01-02-030405_b_c");
  EXPECT_EQ(second.up.text, "CREATE TABLE b(x);\r\n");
  EXPECT_EQ(second.up.file, "2020-01-02-030405_b_c/up.sql");
  EXPECT_EQ(second.down.value().text, "DROP TABLE b;");
}

TEST(Diesel, ReadsWhetherATransactionIsAskedFor) {
  EXPECT_FALSE(diesel_transaction("run_in_transaction = false\n"));
  EXPECT_FALSE(diesel_transaction("# why\r\nrun_in_transaction=false # so\r\n"));
  EXPECT_TRUE(diesel_transaction("run_in_transaction = true"));
  EXPECT_FALSE(diesel_transaction("other = 1\n[table]\nrun_in_transaction = true\n")) << "false is Rust's default";
  EXPECT_TRUE(diesel({{"1_a/up.sql", "SELECT 1;"}})->migrations()[0].up.in_transaction);
}

TEST(Diesel, RefusesWhatDieselRefuses) {
  EXPECT_THROW(diesel({{"1_a/other.sql", "SELECT 1;"}}), FormatError);
  EXPECT_THROW(diesel({{"1_a/up.sql", ""}}), FormatError);
  EXPECT_THROW(diesel({{"1-2_a/up.sql", "SELECT 1;"}, {"12_b/up.sql", "SELECT 1;"}}), FormatError);
  EXPECT_FALSE(diesel({{"1_a/down.sql", ""}, {"1_a/up.sql", "SELECT 1;"}})->migrations()[0].down);
}

TEST(Diesel, KeepsItsTable) {
  const auto project = diesel({{"1_a/up.sql", "SELECT 1;"}});
  const Place place{.dialect = Dialect::sqlite, .schema = {}, .table = "\"t\""};
  const Migration& migration = project->migrations()[0];
  EXPECT_EQ(project->create(place, {}),
            Texts{"CREATE TABLE IF NOT EXISTS \"t\" (version VARCHAR(50) PRIMARY KEY NOT NULL, "
                  "run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"});
  EXPECT_EQ(project->query(place), "SELECT version FROM \"t\" ORDER BY version");
  EXPECT_EQ(project->applied({{"1"}}).at(0).version, "1");
  const auto up = project->record(place, Direction::up, migration, {}, {}, true);
  EXPECT_TRUE(up.begin.empty());
  EXPECT_EQ(up.end, Texts{"INSERT INTO \"t\" (version) VALUES ('1')"});
  EXPECT_EQ(project->record(place, Direction::down, migration, {}, {}, false).end,
            Texts{"DELETE FROM \"t\" WHERE version = '1'"});
}

TEST(Diesel, RecognisesItsFolders) {
  EXPECT_TRUE(diesel_format().recognises({{"00000000000000_diesel_initial_setup/up.sql", ""}}));
  EXPECT_FALSE(diesel_format().recognises({{"20260101_a/migration.sql", ""}}));
  EXPECT_FALSE(diesel_format().recognises({{"1_a.up.sql", ""}, {"deploy/up.sql", ""}, {"sqitch.plan", ""}}));
}

}  // namespace
}  // namespace dbrollback::schema
