// The tool's own: https://github.com/pressly/goose, internal/sqlparser/parser_test.go, internal/dialects/postgres.go
// and internal/dialects/sqlite3.go; for variables https://github.com/mfridman/interpolate, parser_test.go.
#include <gtest/gtest.h>

#include <map>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& goose_format();

namespace {

using Statements = std::vector<std::string>;

const Place postgres{.dialect = Dialect::postgres, .schema = "\"public\"", .table = "\"goose_db_version\""};
const Place sqlite{.dialect = Dialect::sqlite, .schema = "", .table = "\"goose_db_version\""};

std::optional<std::string> variable(const std::string& name) {
  static const std::map<std::string, std::string> all = {{"EMPTY", ""}, {"NAME", "orders"}, {"a_1", "b"}};
  const auto at = all.find(name);
  return at == all.end() ? std::nullopt : std::optional(at->second);
}

std::unique_ptr<Project> project(const Folder& folder) {
  return goose_format().read(folder, {.dialect = Dialect::postgres, .environment = variable});
}

Migration migration(const std::string& text) {
  return project({{.path = "00001_a.sql", .text = text}})->migrations().at(0);
}

std::string problem_of(const Folder& folder) {
  try {
    project(folder);
    return "";
  } catch (const FormatError& e) {
    return e.file() + ":" + std::to_string(e.line()) + ": " + e.what();
  }
}

std::string problem(const std::string& text) { return problem_of({{.path = "1_a.sql", .text = text}}); }

// One line, where variables are replaced.
std::string replaced(const std::string& line) {
  return migration("-- +goose ENVSUB ON\n-- +goose Up\n" + line + ";\n").up.text;
}

std::string refused(const std::string& line) { return problem("-- +goose ENVSUB ON\n-- +goose Up\n" + line + ";\n"); }

bool recognises(const std::string& path, const std::string& text) {
  return goose_format().recognises({{.path = path, .text = text}});
}

std::string versions(const std::vector<Applied>& applied) {
  std::string out;
  for (const Applied& each : applied) {
    out.append(each.version).append(" ");
  }
  return out;
}

TEST(Goose, ReadsBothSections) {
  const Migration read = migration(
      "\n"
      "  -- for everyone\n"
      "-- +goose Up\n"
      "CREATE TABLE a (x int);\n"
      "\n"
      "-- +goose Down\n"
      "-- back\n"
      "DROP TABLE a;");
  EXPECT_EQ(read.version, "1");
  EXPECT_EQ(read.name, "00001_a");
  EXPECT_EQ(read.up.file, "00001_a.sql");
  EXPECT_EQ(read.up.line, 4U);
  EXPECT_EQ(read.up.text, "CREATE TABLE a (x int);\n\n");
  EXPECT_TRUE(read.up.in_transaction);
  ASSERT_TRUE(read.down);
  EXPECT_EQ(read.down->line, 7U);
  EXPECT_EQ(read.down->text, "-- back\nDROP TABLE a;\n");
}

TEST(Goose, HasNoWayBackWithoutASectionForIt) {
  EXPECT_FALSE(migration("-- +goose Up\nSELECT 1;\n").down);
  EXPECT_EQ(migration("-- +goose Up\nSELECT 1;\n-- +goose Down\n").down->text, "");
}

TEST(Goose, ReadsMarkersInAnyCase) {
  const Migration read = migration("--+goose up\r\nSELECT 1;\r\n--   +goose DOWN  --\r\nSELECT 2;\r\n");
  EXPECT_EQ(read.up.text, "SELECT 1;\n");
  EXPECT_EQ(read.down->text, "SELECT 2;\n");
}

TEST(Goose, TakesNoTransactionForBothDirections) {
  const Migration before = migration("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n");
  EXPECT_FALSE(before.up.in_transaction);
  EXPECT_FALSE(before.down->in_transaction);
  const Migration after = migration("-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose no transaction\nSELECT 2;\n");
  EXPECT_FALSE(after.up.in_transaction);
  EXPECT_FALSE(after.down->in_transaction);
  EXPECT_EQ(after.down->text, "-- +goose no transaction\nSELECT 2;\n");
}

TEST(Goose, EndsAStatementWithItsBlock) {
  const auto up = [](const std::string& last) {
    return migration("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n" + last +
                     "\n-- +goose StatementEnd\nSELECT 3;\n")
        .up.text;
  };
  const std::string begin = "-- +goose StatementBegin\nSELECT 1;\n";
  EXPECT_EQ(up("SELECT 2"), begin + "SELECT 2\n; -- +goose StatementEnd\nSELECT 3;\n");
  EXPECT_EQ(up("SELECT 2 -- ;"), begin + "SELECT 2 -- ;\n; -- +goose StatementEnd\nSELECT 3;\n");
  EXPECT_EQ(up("SELECT 2; -- x"), begin + "SELECT 2; -- x\n-- +goose StatementEnd\nSELECT 3;\n");
  EXPECT_EQ(up("-- x\n"), begin + "-- x\n\n-- +goose StatementEnd\nSELECT 3;\n");
}

TEST(Goose, SaysWhatTheToolWouldNotTake) {
  EXPECT_EQ(problem(""), "1_a.sql:0: has no '-- +goose Up'");
  EXPECT_EQ(problem("SELECT 1;\n-- +goose Up\n"), "1_a.sql:1: has a statement before '-- +goose Up'");
  EXPECT_EQ(problem("\xEF\xBB\xBF-- +goose Up\n"),
            "1_a.sql:1: has a statement before '-- +goose Up'" + behind_mark("\xEF\xBB\xBF"));
  EXPECT_EQ(problem("-- +goose Up\n-- +goose Up\n"), "1_a.sql:2: has a second '-- +goose Up'");
  EXPECT_EQ(problem("-- +goose Down\n"), "1_a.sql:1: has '-- +goose Down' outside of '-- +goose Up'");
  EXPECT_EQ(problem("-- +goose Up\n-- +goose Down\n-- +goose Down\n"),
            "1_a.sql:3: has '-- +goose Down' outside of '-- +goose Up'");
  EXPECT_EQ(problem("-- +goose Up\nSELECT 1\n-- +goose Down\n"),
            "1_a.sql:3: has a statement without a semicolon at its end");
  EXPECT_EQ(problem("-- +goose Up\nSELECT 1; -- x\n-- +goose Down\nSELECT 2\n"),
            "1_a.sql:4: has a statement without a semicolon at its end");
  EXPECT_EQ(problem("-- +goose StatementBegin\n"),
            "1_a.sql:1: has '-- +goose StatementBegin' outside of '-- +goose Up' and '-- +goose Down'");
  EXPECT_EQ(problem("-- +goose Up\n-- +goose StatementEnd\n"),
            "1_a.sql:2: has '-- +goose StatementEnd' without '-- +goose StatementBegin'");
  EXPECT_EQ(problem("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"),
            "1_a.sql:3: has no '-- +goose StatementEnd' after '-- +goose StatementBegin'");
}

TEST(Goose, RefusesMarkersThatItDoesNotKnow) {
  EXPECT_EQ(problem("-- +goose Upp\n"), "1_a.sql:1: has a marker that goose does not know: -- +goose Upp");
  EXPECT_EQ(problem("-- +goose\n"), "1_a.sql:1: has a marker that goose does not know: -- +goose");
  EXPECT_EQ(problem(" -- +goose Up\n"), "1_a.sql:1: has a marker that goose does not know:  -- +goose Up");
  EXPECT_EQ(problem("-- +goose Up +goose\n"), "1_a.sql:1: has a marker that goose does not know: -- +goose Up +goose");
  EXPECT_EQ(problem("-- +goose Up\n-- see +goose\n"),
            "1_a.sql:2: has a marker that goose does not know: -- see +goose");
}

TEST(Goose, ReplacesVariablesWhereItIsTold) {
  const Migration read = migration(
      "-- +goose Up\n"
      "SELECT '$NAME';\n"
      "-- +goose ENVSUB ON\n"
      "-- $NAME\n"
      "SELECT '$NAME' -- ${NAME}\n"
      "-- $NAME\n"
      ";\n"
      "-- +goose ENVSUB OFF\n"
      "SELECT '$NAME';\n"
      "-- +goose envsub on\n"
      "-- +goose Down\n"
      "DROP TABLE ${NAME};\n");
  EXPECT_EQ(read.up.text,
            "SELECT '$NAME';\n-- +goose ENVSUB ON\n-- $NAME\nSELECT 'orders' -- orders\n-- orders\n;\n"
            "-- +goose ENVSUB OFF\nSELECT '$NAME';\n-- +goose envsub on\n");
  EXPECT_EQ(read.down->text, "DROP TABLE orders;\n");
}

TEST(Goose, ReplacesVariablesAsInterpolateDoes) {
  EXPECT_EQ(replaced("$NAME.x"), "orders.x;\n");
  EXPECT_EQ(replaced("${NAME}s $a_1"), "orderss b;\n");
  EXPECT_EQ(replaced("[$NONE${NONE}]"), "[];\n");
  EXPECT_EQ(replaced("${NAME:-x} ${EMPTY:-x} ${NONE:-x}"), "orders x x;\n");
  EXPECT_EQ(replaced("${NAME-x} ${EMPTY-x} ${NONE-x}"), "orders  x;\n");
  EXPECT_EQ(replaced("${NONE:- ${EMPTY:-$NAME}}"), " orders;\n");
  EXPECT_EQ(replaced("\\$NAME $$NAME \\\\$NAME $(NAME)"), "$NAME $NAME \\\\orders $(NAME);\n");
  EXPECT_EQ(replaced("\\ x $\n"), "\\ x $\n;\n");
}

TEST(Goose, NamesWhatItCannotReplace) {
  const std::string why =
      "\" where variables are replaced: $NAME, ${NAME}, ${NAME:-default} and ${NAME-default} can be";
  EXPECT_EQ(refused("x ${NAME:1:2} y"), "1_a.sql:3: has \"${NAME:1:2}" + why);
  EXPECT_EQ(refused("${NAME?why}"), "1_a.sql:3: has \"${NAME?why}" + why);
  EXPECT_EQ(refused("${NONE:-${NAME?why}}"), "1_a.sql:3: has \"${NAME?why}" + why);
  EXPECT_EQ(refused("${NAME:-x"), "1_a.sql:3: has \"${NAME:-x;" + why);
  EXPECT_EQ(refused("${}"), "1_a.sql:3: has \"${}" + why);
  EXPECT_EQ(refused("$1"), "1_a.sql:3: has \"$1;" + why);
}

TEST(Goose, ReadsFilesWithAVersion) {
  const std::string text = "-- +goose Up\n";
  const auto read = project({{.path = "0_a.sql", .text = text},
                             {.path = "10_b.sql", .text = text},
                             {.path = "3.sql", .text = text},
                             {.path = "9_a.sql", .text = text},
                             {.path = "9_a.txt", .text = text},
                             {.path = "9_a_test.go", .text = ""},
                             {.path = "helpers.go", .text = ""},
                             {.path = "old/1_a.sql", .text = text},
                             {.path = "seed.sql", .text = text}});
  ASSERT_EQ(read->migrations().size(), 2U);
  EXPECT_EQ(read->migrations()[0].version, "9");
  EXPECT_EQ(read->migrations()[1].version, "10");
}

TEST(Goose, RefusesFilesThatItCannotRun) {
  const std::string text = "-- +goose Up\n";
  EXPECT_EQ(problem_of({{.path = "1_a.sql", .text = text}, {.path = "2_b.go", .text = ""}}),
            "2_b.go:0: is a migration in Go, which only the program that it is built into can run");
  EXPECT_EQ(problem_of({{.path = "01_a.sql", .text = text}, {.path = "1_b.sql", .text = text}}),
            "1_b.sql:0: has the version of 01_a.sql");
}

TEST(Goose, RecognisesItsMarkers) {
  EXPECT_TRUE(recognises("1_a.sql", "-- +goose Up\n"));
  EXPECT_FALSE(recognises("1_a.go", "-- +goose Up\n"));
  EXPECT_FALSE(recognises("1_a/up.sql", "-- +goose Up\n"));
  EXPECT_FALSE(recognises("1_a.sql", "SELECT '+goose';\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- +migrate Up\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- migrate:up\n"));
  EXPECT_FALSE(recognises("1_a.sql", "-- Up Migration\n"));
}

TEST(Goose, MakesTheTableOfTheTool) {
  const auto read = project({});
  EXPECT_EQ(
      read->create(postgres, {}),
      (Statements{"CREATE TABLE IF NOT EXISTS \"public\".\"goose_db_version\" (id integer PRIMARY KEY GENERATED BY "
                  "DEFAULT AS IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp "
                  "NOT NULL DEFAULT now())",
                  "INSERT INTO \"public\".\"goose_db_version\" (version_id, is_applied) SELECT 0, true WHERE NOT "
                  "EXISTS (SELECT 1 FROM \"public\".\"goose_db_version\")"}));
  EXPECT_EQ(read->create(sqlite, {}).front(),
            "CREATE TABLE IF NOT EXISTS \"goose_db_version\" (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER "
            "NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))");
}

TEST(Goose, BelievesTheNewestRowOfAVersion) {
  const auto read = project({});
  EXPECT_EQ(read->query(sqlite),
            "SELECT version_id, CASE WHEN is_applied THEN 1 ELSE 0 END FROM \"goose_db_version\" ORDER BY id");
  EXPECT_EQ(versions(read->applied({{"0", "1"}})), "");
  EXPECT_EQ(versions(read->applied({{"0", "1"}, {"1", "1"}, {"3", "1"}, {"2", "1"}})), "1 3 2 ");
  EXPECT_EQ(versions(read->applied({{"0", "1"}, {"1", "1"}, {"2", "1"}, {"2", "0"}})), "1 ");
  EXPECT_EQ(versions(read->applied({{"1", "1"}, {"2", "1"}, {"1", "0"}, {"1", "1"}})), "2 1 ");
}

TEST(Goose, RecordsAfterTheScript) {
  const auto read = project({{.path = "007_a.sql", .text = "-- +goose Up\n"}});
  const auto record = [&](Direction direction) {
    return read->record(sqlite, direction, read->migrations()[0], {}, {}, false);
  };
  EXPECT_EQ(record(Direction::up).begin, Statements{});
  EXPECT_EQ(record(Direction::up).end,
            Statements{"INSERT INTO \"goose_db_version\" (version_id, is_applied) VALUES (7, true)"});
  EXPECT_EQ(record(Direction::down).end, Statements{"DELETE FROM \"goose_db_version\" WHERE version_id = 7"});
}

TEST(Goose, KnowsItsLock) {
  EXPECT_EQ(goose_format().locks("shop", "public", "t"), std::vector<std::int64_t>{4097083626});
}

}  // namespace
}  // namespace dbrollback::schema
