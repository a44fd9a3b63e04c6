// The tool's own: https://github.com/rubenv/sql-migrate, sqlparse/sqlparse_test.go, sort_test.go and migrate.go.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& sql_migrate_format();

namespace {

using Statements = std::vector<std::string>;

const Place postgres{.dialect = Dialect::postgres, .schema = "\"public\"", .table = "\"gorp_migrations\""};
const Place sqlite{.dialect = Dialect::sqlite, .schema = "", .table = "\"gorp_migrations\""};

std::unique_ptr<Project> project(const Folder& folder) { return sql_migrate_format().read(folder, {}); }

Migration migration(const std::string& text) {
  return project({{.path = "1_a.sql", .text = text}})->migrations().at(0);
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
  return sql_migrate_format().recognises({{.path = path, .text = text}});
}

TEST(SqlMigrate, ReadsBothSections) {
  const Migration read = migration(
      "-- for everyone\n"
      "this the tool does not even read\n"
      "-- +migrate Up\n"
      "CREATE TABLE a (x int);\n"
      "\n"
      "-- +migrate Down\n"
      "-- back\n"
      "DROP TABLE a;");
  EXPECT_EQ(read.version, "1_a.sql");
  EXPECT_EQ(read.name, "1_a");
  EXPECT_EQ(read.up.file, "1_a.sql");
  EXPECT_EQ(read.up.line, 4U);
  EXPECT_EQ(read.up.text, "CREATE TABLE a (x int);\n\n");
  EXPECT_TRUE(read.up.in_transaction);
  ASSERT_TRUE(read.down);
  EXPECT_EQ(read.down->line, 7U);
  EXPECT_EQ(read.down->text, "-- back\nDROP TABLE a;\n");
  EXPECT_TRUE(read.down->in_transaction);
}

TEST(SqlMigrate, DoesWithoutEitherSection) {
  EXPECT_FALSE(migration("-- +migrate Up\nSELECT 1;\n").down);
  const Migration read = migration("-- +migrate Down\nSELECT 1;\n");
  EXPECT_EQ(read.up.text, "");
  EXPECT_EQ(read.down->text, "SELECT 1;\n");
}

TEST(SqlMigrate, ReadsSectionsInAnyOrderAndNumber) {
  const Migration read = migration(
      "-- +migrate Down\n"
      "SELECT 2;\n"
      "-- +migrate Up\n"
      "SELECT 4;\n"
      "-- +migrate Down\n"
      "SELECT 6;\n"
      "-- +migrate Up notransaction\n"
      "SELECT 8;\n");
  EXPECT_EQ(read.up.line, 4U);
  EXPECT_EQ(read.up.text, "SELECT 4;\n\n\n\nSELECT 8;\n");
  EXPECT_FALSE(read.up.in_transaction);
  EXPECT_EQ(read.down->line, 2U);
  EXPECT_EQ(read.down->text, "SELECT 2;\n\n\n\nSELECT 6;\n");
  EXPECT_TRUE(read.down->in_transaction);
}

TEST(SqlMigrate, ReadsTheOptionOfEitherSection) {
  const Migration read =
      migration("-- +migrate Up  x notransaction \r\nSELECT 1;\r\n-- +migrate Down noTransaction\r\n");
  EXPECT_FALSE(read.up.in_transaction);
  EXPECT_EQ(read.up.text, "SELECT 1;\n");
  EXPECT_TRUE(read.down->in_transaction);
}

TEST(SqlMigrate, EndsAStatementWithItsBlock) {
  EXPECT_EQ(migration("-- +migrate Up\n"
                      "-- +migrate StatementBegin\n"
                      "SELECT 1;\n"
                      "SELECT 2\n"
                      "-- +migrate StatementEnd\n"
                      "SELECT 3;\n")
                .up.text,
            "-- +migrate StatementBegin\nSELECT 1;\nSELECT 2\n; -- +migrate StatementEnd\nSELECT 3;\n");
}

TEST(SqlMigrate, LetsOtherMarkersGoBy) {
  EXPECT_EQ(migration("-- +migrate StatementBegin\n"
                      "-- +migrate Up\n"
                      "-- +migrate Later\n"
                      "-- +goose Down\n"
                      "-- +migrate StatementEnd\n"
                      "SELECT 1;\n")
                .up.text,
            "-- +migrate Later\n-- +goose Down\n-- +migrate StatementEnd\nSELECT 1;\n");
}

TEST(SqlMigrate, SaysWhatTheToolWouldNotTake) {
  const std::string none = "0: has neither '-- +migrate Up' nor '-- +migrate Down'";
  EXPECT_EQ(problem(""), none);
  EXPECT_EQ(problem("-- +migrate up\n"), none);
  EXPECT_EQ(problem("--  +migrate Up\n"), none);
  EXPECT_EQ(problem(" -- +migrate Up\n"), none);
  EXPECT_EQ(problem("\xEF\xBB\xBF-- +migrate Up\n"), none + behind_mark("\xEF\xBB\xBF"));
  EXPECT_EQ(problem("-- +migrate \n"), "1: has '-- +migrate' without a word after it");
  EXPECT_EQ(problem("-- +migrate Up\nSELECT 1\n-- +migrate Down\n"),
            "3: has a statement without a semicolon at its end");
  EXPECT_EQ(problem("-- +migrate Up\nSELECT 1; -- x\nSELECT 2\n"), "3: has a statement without a semicolon at its end");
  EXPECT_EQ(problem("-- +migrate Up\n--x\n"), "2: has a statement without a semicolon at its end");
  EXPECT_EQ(problem("-- +migrate Up\n-- +migrate StatementBegin\nSELECT 1;\n"),
            "3: has no '-- +migrate StatementEnd' after '-- +migrate StatementBegin'");
}

TEST(SqlMigrate, OrdersByNumberAndThenByName) {
  const std::string text = "-- +migrate Up\n";
  std::string order;
  const auto read = project({{.path = "010_b.sql", .text = text},
                             {.path = "10_a.sql", .text = text},
                             {.path = "99999999999999999999.sql", .text = text},
                             {.path = "9_a.sql", .text = text},
                             {.path = "9_a.txt", .text = ""},
                             {.path = "B.sql", .text = text},
                             {.path = "a.sql", .text = text},
                             {.path = "old/1_a.sql", .text = text}});
  for (const Migration& each : read->migrations()) {
    order.append(each.version).append(" ");
  }
  EXPECT_EQ(order, "9_a.sql 010_b.sql 10_a.sql 99999999999999999999.sql B.sql a.sql ");
}

TEST(SqlMigrate, RecognisesItsMarkers) {
  EXPECT_TRUE(recognises("a.sql", "-- +migrate Up\n"));
  EXPECT_TRUE(recognises("a.sql", "SELECT 1;\n-- +migrate Down notransaction\n"));
  EXPECT_FALSE(recognises("a.txt", "-- +migrate Up\n"));
  EXPECT_FALSE(recognises("1_a/migration.sql", "-- +migrate Up\n"));
  EXPECT_FALSE(recognises("a.sql", "-- +migrate StatementBegin\n"));
  EXPECT_FALSE(recognises("a.sql", "-- +goose Up\n"));
  EXPECT_FALSE(recognises("a.sql", "-- migrate:up\n"));
  EXPECT_FALSE(recognises("a.sql", "-- Up Migration\n"));
}

TEST(SqlMigrate, KeepsTheTableOfTheTool) {
  const auto read = project({});
  EXPECT_EQ(read->create(postgres, {}),
            Statements{"CREATE TABLE IF NOT EXISTS \"public\".\"gorp_migrations\" (\"id\" text not null primary key, "
                       "\"applied_at\" timestamp with time zone)"});
  EXPECT_EQ(read->create(sqlite, {}),
            Statements{"CREATE TABLE IF NOT EXISTS \"gorp_migrations\" (\"id\" varchar(255) not null primary key, "
                       "\"applied_at\" datetime)"});
  EXPECT_EQ(read->query(postgres), "SELECT id FROM \"public\".\"gorp_migrations\" ORDER BY applied_at, id");
  EXPECT_EQ(read->query(sqlite), "SELECT id FROM \"gorp_migrations\" ORDER BY rowid");
  const auto applied = read->applied({{"1_a.sql"}, {"2_b.sql"}});
  ASSERT_EQ(applied.size(), 2U);
  EXPECT_EQ(applied[1].version, "2_b.sql");
}

TEST(SqlMigrate, RecordsAfterTheScript) {
  const auto read = project({{.path = "1_it's.sql", .text = "-- +migrate Up\n"}});
  const auto record = [&](Direction direction) {
    const Who who{.name = "", .email = "", .now = "2026-11-20T23:30:15.123456Z"};
    return read->record(sqlite, direction, read->migrations()[0], {}, who, false);
  };
  EXPECT_EQ(record(Direction::up).begin, Statements{});
  EXPECT_EQ(record(Direction::up).end,
            Statements{"INSERT INTO \"gorp_migrations\" (id, applied_at) VALUES ('1_it''s.sql', "
                       "'2026-11-20 23:30:15.123456+00:00')"});
  EXPECT_EQ(record(Direction::down).end, Statements{"DELETE FROM \"gorp_migrations\" WHERE id = '1_it''s.sql'"});
}

}  // namespace
}  // namespace dbrollback::schema
