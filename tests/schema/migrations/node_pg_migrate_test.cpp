// What node-pg-migrate 9 does with the same files: src/sqlMigration.ts, src/utils/fileNameUtils.ts and src/runner.ts of
// https://github.com/salsita/node-pg-migrate. The order of the files is the one in which it ran them.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& node_pg_migrate_format();

namespace {

using Texts = std::vector<std::string>;

std::unique_ptr<Project> node_project(const Folder& folder) { return node_pg_migrate_format().read(folder, {}); }

Migration node_migration_of(const std::string& text) { return node_project({{"1_a.sql", text}})->migrations().at(0); }

TEST(NodePgMigrate, ReadsBothDirections) {
  const Migration migration =
      node_migration_of("-- Up Migration\nCREATE TABLE a(x int);\n\n-- Down Migration\nDROP TABLE a;\n");
  EXPECT_EQ(migration.version, "1_a");
  EXPECT_EQ(migration.up.text, "CREATE TABLE a(x int);\n\n");
  EXPECT_EQ(migration.up.line, 2U);
  EXPECT_EQ(migration.down.value().text, "DROP TABLE a;\n");
  EXPECT_EQ(migration.down.value().line, 5U);
}

TEST(NodePgMigrate, ReadsThemInAnyOrderAndForm) {
  const Migration migration = node_migration_of(
      "\xEF\xBB\xBF\r\n--\r\n-- down migration\r\nDROP TABLE b;\r\n  --- UP \t Migrations of b\r\nCREATE TABLE b(x "
      "int);");
  EXPECT_EQ(migration.down.value().text, "DROP TABLE b;\r\n");
  EXPECT_EQ(migration.down.value().line, 4U);
  EXPECT_EQ(migration.up.text, "CREATE TABLE b(x int);");
  EXPECT_EQ(migration.up.line, 6U);
}

TEST(NodePgMigrate, TakesAllOfAFileWithoutAnUpMigration) {
  EXPECT_EQ(node_migration_of("SELECT 1; -- Up Migration").up.text, "SELECT 1; -- Up Migration");
  EXPECT_FALSE(node_migration_of("SELECT 1;").down);
  const Migration migration = node_migration_of("SELECT 1;\n-- Down Migration\nSELECT 2;");
  EXPECT_EQ(migration.up.text, "SELECT 1;\n-- Down Migration\nSELECT 2;");
  EXPECT_EQ(migration.down.value().text, "SELECT 2;");
  EXPECT_EQ(node_migration_of("-- Up Migration").up.text, "");
}

TEST(NodePgMigrate, OrdersFilesAsTheToolDoes) {
  const auto project = node_project({{".hidden.sql", ""},
                                     {"10_ten.sql", ""},
                                     {"1700000000000_Alpha.sql", ""},
                                     {"1700000000000_first-2.sql", ""},
                                     {"1700000000000_first.sql", ""},
                                     {"1700000000000_first_10.sql", ""},
                                     {"20231114221319999_before.sql", ""},
                                     {"20231114221320001_after.sql", ""},
                                     {"9_nine.sql", ""},
                                     {"README.md", ""},
                                     {"more/1_a.sql", ""}});
  Texts names;
  for (const auto& migration : project->migrations()) {
    names.push_back(migration.name);
  }
  EXPECT_EQ(names,
            (Texts{"9_nine", "10_ten", "20231114221319999_before", "1700000000000_Alpha", "1700000000000_first-2",
                   "1700000000000_first_10", "1700000000000_first", "20231114221320001_after"}));
}

TEST(NodePgMigrate, NamesCodeThatItCannotRun) {
  try {
    node_project({{"1_a.js", "exports.up = () => {};"}});
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(error.file(), "1_a.js");
  }
  EXPECT_THROW(node_project({{"1_a.ts", ""}}), FormatError);
}

TEST(NodePgMigrate, IsForPostgres) {
  EXPECT_THROW(node_pg_migrate_format().read({}, {.dialect = Dialect::sqlite, .environment = {}}), FormatError);
  EXPECT_EQ(node_pg_migrate_format().locks("", "", ""), std::vector<std::int64_t>{7241865325823964});
}

TEST(NodePgMigrate, KeepsItsTable) {
  const auto project = node_project({{"1_it's.sql", "SELECT 1;"}});
  const Place place{.dialect = Dialect::postgres, .schema = "\"public\"", .table = "\"pgmigrations\""};
  const Migration& migration = project->migrations()[0];
  EXPECT_EQ(
      project->create(place, {}),
      Texts{"CREATE TABLE IF NOT EXISTS \"public\".\"pgmigrations\" (id SERIAL PRIMARY KEY, name varchar(255) NOT "
            "NULL, run_on timestamp NOT NULL)"});
  EXPECT_EQ(project->query(place), "SELECT name FROM \"public\".\"pgmigrations\" ORDER BY run_on, id");
  EXPECT_EQ(project->applied({{"1_a"}}).at(0).version, "1_a");
  EXPECT_EQ(project->record(place, Direction::up, migration, {}, {}, true).end,
            Texts{"INSERT INTO \"public\".\"pgmigrations\" (name, run_on) VALUES ('1_it''s', NOW())"});
  EXPECT_EQ(project->record(place, Direction::down, migration, {}, {}, true).end,
            Texts{"DELETE FROM \"public\".\"pgmigrations\" WHERE name = '1_it''s'"});
}

TEST(NodePgMigrate, RecognisesItsFolders) {
  const auto& recognises = node_pg_migrate_format().recognises;
  EXPECT_TRUE(recognises({{"1_a.sql", "-- Up Migration\nSELECT 1;"}}));
  EXPECT_TRUE(recognises({{"1_a.sql", "SELECT 1;\n-- Down Migration\n"}}));
  EXPECT_FALSE(recognises({{"1_a.sql", "SELECT 1;"}}));
  EXPECT_FALSE(recognises({{"1_a.up.sql", "-- Up migration of a\nSELECT 1;"}}));
  EXPECT_FALSE(recognises({{"1_a.sql", "-- migrate:up\n-- up migration of a\nSELECT 1;"}}));
  EXPECT_FALSE(recognises({{"1_a.sql", "-- +goose Up\n"}}));
  EXPECT_FALSE(recognises({{"1_a/up.sql", "-- Up Migration\n"}}));
}

}  // namespace
}  // namespace dbrollback::schema
