// The tool's own: https://github.com/amacneil/dbmate, pkg/dbmate/migration_test.go, pkg/driver/postgres/postgres.go and
// pkg/driver/sqlite/sqlite.go.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& dbmate_format();

namespace {

using Statements = std::vector<std::string>;

const Place postgres{.dialect = Dialect::postgres, .schema = "\"public\"", .table = "\"schema_migrations\""};
const Place sqlite{.dialect = Dialect::sqlite, .schema = "", .table = "\"schema_migrations\""};

std::unique_ptr<Project> project(const Folder& folder) { return dbmate_format().read(folder, {}); }

Migration migration(const std::string& text) {
  return project({{.path = "20260101_a.sql", .text = text}})->migrations().at(0);
}

// "LINE: WHAT"
std::string problem(const std::string& text) {
  try {
    migration(text);
    return "";
  } catch (const FormatError& e) {
    return std::to_string(e.line()) + ": " + e.what();
  }
}

bool recognises(const std::string& path, const std::string& text) {
  return dbmate_format().recognises({{.path = path, .text = text}});
}

TEST(Dbmate, ReadsBothBlocks) {
  const Migration read = migration(
      "-- for everyone\n"
      "\n"
      "-- migrate:up\n"
      "CREATE TABLE a (x int);\n"
      "\n"
      "-- migrate:down\n"
      "DROP TABLE a;");
  EXPECT_EQ(read.version, "20260101");
  EXPECT_EQ(read.name, "20260101_a");
  EXPECT_EQ(read.up.file, "20260101_a.sql");
  EXPECT_EQ(read.up.line, 4U);
  EXPECT_EQ(read.up.text, "CREATE TABLE a (x int);\n\n");
  EXPECT_TRUE(read.up.in_transaction);
  ASSERT_TRUE(read.down);
  EXPECT_EQ(read.down->line, 7U);
  EXPECT_EQ(read.down->text, "DROP TABLE a;");
  EXPECT_TRUE(read.down->in_transaction);
}

TEST(Dbmate, KeepsTheLineEndsOfWindows) {
  const Migration read = migration("-- migrate:up transaction:false\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n");
  EXPECT_EQ(read.up.text, "SELECT 1;\r\n");
  EXPECT_FALSE(read.up.in_transaction);
  EXPECT_EQ(read.down->text, "SELECT 2;\r\n");
  EXPECT_TRUE(read.down->in_transaction);
}

TEST(Dbmate, ReadsEmptyBlocks) {
  const Migration read = migration("--migrate:up\n--   migrate:down");
  EXPECT_EQ(read.up.text, "");
  EXPECT_EQ(read.up.line, 2U);
  EXPECT_EQ(read.down->text, "");
  EXPECT_EQ(read.down->line, 3U);
}

TEST(Dbmate, ReadsTheOptionOfEitherBlock) {
  const auto in_transaction = [](const std::string& options) {
    return migration("-- migrate:up\n-- migrate:down" + options + "\n").down->in_transaction;
  };
  EXPECT_FALSE(in_transaction(" transaction:false"));
  EXPECT_FALSE(in_transaction("\t other:x  transaction:false  "));
  EXPECT_FALSE(in_transaction(" transaction:true transaction:false"));
  EXPECT_TRUE(in_transaction(" transaction:false transaction:true"));
  EXPECT_TRUE(in_transaction(" transaction:true"));
  EXPECT_TRUE(in_transaction(" transaction:False"));
  EXPECT_TRUE(in_transaction(" transaction: false"));
  EXPECT_TRUE(in_transaction(" transaction:false:x"));
}

TEST(Dbmate, SaysWhatTheToolWouldNotTake) {
  EXPECT_EQ(problem(""), "0: has no '-- migrate:up'");
  EXPECT_EQ(problem("-- migrate:down\n"), "0: has no '-- migrate:up'");
  EXPECT_EQ(problem("-- Migrate:up\n-- migrate:down\n"), "0: has no '-- migrate:up'");
  EXPECT_EQ(problem("-- migrate:upwards\n-- migrate:down\n"), "0: has no '-- migrate:up'");
  EXPECT_EQ(problem(" -- migrate:up\n-- migrate:down\n"), "0: has no '-- migrate:up'");
  EXPECT_EQ(problem("-- migrate:up\nSELECT 1;\n"), "0: has no '-- migrate:down'");
  EXPECT_EQ(problem("-- migrate:down\n-- migrate:up\n"), "0: has no '-- migrate:down'");
  EXPECT_EQ(problem("\n/* a */\n-- migrate:up\n-- migrate:down\n"), "2: has a statement before '-- migrate:up'");
  EXPECT_EQ(problem("\xEF\xBB\xBF-- migrate:up\n-- migrate:down\n"),
            "0: has no '-- migrate:up': the file begins with a byte order mark (BOM), which hides its first line from "
            "the tool; save it without one");
  EXPECT_EQ(problem("-- migrate:up\n-- migrate:down\n-- migrate:down\n"), "3: has a second '-- migrate:down'");
  EXPECT_EQ(problem("-- migrate:up\n-- migrate:down\n-- migrate:up\n"), "3: has a second '-- migrate:up'");
}

TEST(Dbmate, ReadsFilesWhoseNamesBeginWithANumber) {
  const std::string text = "-- migrate:up\n-- migrate:down\n";
  const auto read = project({{.path = "10.sql", .text = text},
                             {.path = "9a.sql", .text = text},
                             {.path = "9b.txt", .text = text},
                             {.path = "a.sql", .text = ""},
                             {.path = "old/1_a.sql", .text = text}});
  ASSERT_EQ(read->migrations().size(), 2U);
  EXPECT_EQ(read->migrations()[0].version, "10");
  EXPECT_EQ(read->migrations()[1].version, "9");
  EXPECT_EQ(read->migrations()[1].name, "9a");
}

TEST(Dbmate, RefusesAVersionTwice) {
  const std::string text = "-- migrate:up\n-- migrate:down\n";
  try {
    project({{.path = "1_a.sql", .text = text}, {.path = "1_b.sql", .text = text}});
    FAIL();
  } catch (const FormatError& e) {
    EXPECT_EQ(e.file(), "1_b.sql");
    EXPECT_STREQ(e.what(), "has the version of 1_a.sql");
  }
}

TEST(Dbmate, RecognisesItsMarkers) {
  EXPECT_TRUE(recognises("1_a.sql", "-- migrate:up\n-- migrate:down\n"));
  EXPECT_FALSE(recognises("1_a.txt", "-- migrate:up\n-- migrate:down\n"));
  EXPECT_FALSE(recognises("1_a/up.sql", "-- migrate:up\n-- migrate:down\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- +goose Up\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- +migrate Up\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- Up Migration\n"));
  EXPECT_FALSE(recognises("1_a.up.sql", "SELECT 1;\n"));
}

TEST(Dbmate, KeepsTheTableOfTheTool) {
  const auto read = project({});
  EXPECT_EQ(read->create(postgres, {}),
            Statements{"CREATE TABLE IF NOT EXISTS \"public\".\"schema_migrations\" (version varchar primary key)"});
  EXPECT_EQ(read->create(sqlite, {}),
            Statements{"CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version varchar(128) primary key)"});
  EXPECT_EQ(read->query(sqlite), "SELECT version FROM \"schema_migrations\" ORDER BY version");
  const auto applied = read->applied({{"1"}, {"20"}});
  ASSERT_EQ(applied.size(), 2U);
  EXPECT_EQ(applied[1].version, "20");
  EXPECT_FALSE(applied[1].failed);
}

TEST(Dbmate, RecordsAfterTheScript) {
  const auto read = project({{.path = "007_a.sql", .text = "-- migrate:up\n-- migrate:down\n"}});
  const auto record = [&](Direction direction) {
    return read->record(postgres, direction, read->migrations()[0], {}, {}, false);
  };
  EXPECT_EQ(record(Direction::up).begin, Statements{});
  EXPECT_EQ(record(Direction::up).end,
            Statements{"INSERT INTO \"public\".\"schema_migrations\" (version) VALUES ('007')"});
  EXPECT_EQ(record(Direction::down).end,
            Statements{"DELETE FROM \"public\".\"schema_migrations\" WHERE version = '007'"});
}

}  // namespace
}  // namespace dbrollback::schema
