// The tool's own: https://github.com/golang-migrate/migrate, source/parse_test.go, database/util_test.go,
// database/postgres/postgres.go and database/sqlite3/sqlite3.go.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& golang_migrate_format();

namespace {

using Statements = std::vector<std::string>;

const Place postgres{.dialect = Dialect::postgres, .schema = "\"public\"", .table = "\"schema_migrations\""};
const Place sqlite{.dialect = Dialect::sqlite, .schema = "", .table = "\"schema_migrations\""};

std::unique_ptr<Project> project(const Folder& folder) { return golang_migrate_format().read(folder, {}); }

Folder three() {
  return {{.path = "000001_init.down.sql", .text = "DROP TABLE a;"},
          {.path = "000001_init.up.sql", .text = "CREATE TABLE a (x int);"},
          {.path = "000002_more.down.sql", .text = ""},
          {.path = "000002_more.up.sql", .text = "ALTER TABLE a ADD y int;"},
          {.path = "000010_last.up.sql", .text = "DROP TABLE a;"}};
}

std::string states(const std::vector<Applied>& applied) {
  std::string out;
  for (const Applied& each : applied) {
    out.append(each.version).append(each.failed ? "! " : " ");
  }
  return out;
}

Bookkeeping record(const Place& place, Direction direction, std::size_t migration, bool in_transaction) {
  const auto read = project(three());
  return read->record(place, direction, read->migrations()[migration], {}, {}, in_transaction);
}

TEST(GolangMigrate, ReadsOneFileADirection) {
  const auto read = project(three());
  const auto& all = read->migrations();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].version, "1");
  EXPECT_EQ(all[0].name, "000001_init");
  EXPECT_EQ(all[0].up.file, "000001_init.up.sql");
  EXPECT_EQ(all[0].up.text, "CREATE TABLE a (x int);");
  EXPECT_EQ(all[0].up.line, 1U);
  EXPECT_TRUE(all[0].up.in_transaction);
  ASSERT_TRUE(all[0].down);
  EXPECT_EQ(all[0].down->text, "DROP TABLE a;");
  ASSERT_TRUE(all[1].down);
  EXPECT_EQ(all[1].down->text, "");
  EXPECT_EQ(all[2].version, "10");
  EXPECT_FALSE(all[2].down);
}

TEST(GolangMigrate, OrdersByNumberAndNotByName) {
  const auto read = project({{.path = "10_b.up.sql", .text = ""}, {.path = "9_a.up.sql", .text = ""}});
  EXPECT_EQ(read->migrations()[0].version, "9");
  EXPECT_EQ(read->migrations()[1].version, "10");
}

TEST(GolangMigrate, TakesTheLastDirectionOfAName) {
  const auto read = project({{.path = "1_a.up.b.down.sql", .text = "b"}, {.path = "1_a.up.pgsql", .text = "a"}});
  ASSERT_EQ(read->migrations().size(), 1U);
  EXPECT_EQ(read->migrations()[0].up.text, "a");
  EXPECT_EQ(read->migrations()[0].down->text, "b");
}

TEST(GolangMigrate, LetsOtherFilesGoBy) {
  EXPECT_TRUE(project({{.path = "1_a.sql", .text = ""},
                       {.path = "1a.up.sql", .text = ""},
                       {.path = "99999999999999999999_a.up.sql", .text = ""},
                       {.path = "README.md", .text = ""},
                       {.path = "old/1_a.up.sql", .text = ""},
                       {.path = "v1_a.up.sql", .text = ""}})
                  ->migrations()
                  .empty());
}

TEST(GolangMigrate, HasNothingToDoWithoutAFileForUp) {
  const auto read = project({{.path = "1_a.down.sql", .text = "DROP TABLE a;"}});
  ASSERT_EQ(read->migrations().size(), 1U);
  EXPECT_EQ(read->migrations()[0].name, "1_a");
  EXPECT_EQ(read->migrations()[0].up.text, "");
}

TEST(GolangMigrate, RefusesAVersionTwice) {
  try {
    project({{.path = "001_a.up.sql", .text = ""}, {.path = "1_b.up.sql", .text = ""}});
    FAIL();
  } catch (const FormatError& e) {
    EXPECT_EQ(e.file(), "1_b.up.sql");
    EXPECT_STREQ(e.what(), "has the version and the direction of 001_a.up.sql");
  }
}

TEST(GolangMigrate, TakesAByteOrderMarkAway) {
  EXPECT_EQ(project({{.path = "1_a.up.sql", .text = "\xEF\xBB\xBFSELECT 1;\r\n"}})->migrations()[0].up.text,
            "SELECT 1;\r\n");
}

TEST(GolangMigrate, RecognisesPairs) {
  const auto recognises = [](const std::string& up, const std::string& down) {
    return golang_migrate_format().recognises({{.path = down, .text = ""}, {.path = up, .text = ""}});
  };
  EXPECT_TRUE(recognises("1_a.up.sql", "1_a.down.sql"));
  EXPECT_FALSE(recognises("1_a.up.sql", "1_b.down.sql"));
  EXPECT_FALSE(recognises("a.up.sql", "a.down.sql"));
  EXPECT_FALSE(recognises("1_a/up.sql", "1_a/down.sql"));
  EXPECT_FALSE(recognises("deploy/1_a.up.sql", "deploy/1_a.down.sql"));
  EXPECT_FALSE(recognises("1_a/migration.sql", "1_b/migration.sql"));
}

TEST(GolangMigrate, MakesTheTableOfTheTool) {
  const auto read = project({});
  EXPECT_EQ(read->create(postgres, {}), Statements{"CREATE TABLE IF NOT EXISTS \"public\".\"schema_migrations\" "
                                                   "(version bigint not null primary key, dirty boolean not null)"});
  EXPECT_EQ(read->create(sqlite, {}),
            (Statements{"CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version uint64,dirty bool)",
                        "CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON \"schema_migrations\" (version)"}));
  Place in_main = sqlite;
  in_main.schema = "main";
  EXPECT_EQ(read->create(in_main, {}).back(),
            "CREATE UNIQUE INDEX IF NOT EXISTS main.version_unique ON \"schema_migrations\" (version)");
}

TEST(GolangMigrate, CountsEverythingUpToTheVersionAsApplied) {
  const auto read = project(three());
  EXPECT_EQ(read->query(sqlite),
            "SELECT version, CASE WHEN dirty THEN 1 ELSE 0 END FROM \"schema_migrations\" LIMIT 1");
  EXPECT_EQ(states(read->applied({})), "");
  EXPECT_EQ(states(read->applied({{"2", "0"}})), "1 2 ");
  EXPECT_EQ(states(read->applied({{"10", "1"}})), "1 2 10! ");
}

TEST(GolangMigrate, NamesAVersionThatIsInNoFile) {
  const auto read = project(three());
  EXPECT_EQ(states(read->applied({{"5", "0"}})), "1 2 5 ");
}

TEST(GolangMigrate, IsDirtyAtNoneWhileTheFirstOneIsReverted) {
  EXPECT_EQ(states(project(three())->applied({{"-1", "1"}})), "1! ");
}

TEST(GolangMigrate, RecordsTheVersionThatIsReached) {
  const std::string clear = "DELETE FROM \"schema_migrations\"";
  const std::string set = "INSERT INTO \"schema_migrations\" (version, dirty) VALUES ";
  EXPECT_EQ(record(sqlite, Direction::up, 1, true).begin, Statements{});
  EXPECT_EQ(record(sqlite, Direction::up, 1, true).end, (Statements{clear, set + "(2, false)"}));
  EXPECT_EQ(record(sqlite, Direction::down, 1, true).end, (Statements{clear, set + "(1, false)"}));
  EXPECT_EQ(record(sqlite, Direction::down, 0, true).end, Statements{clear});
}

TEST(GolangMigrate, IsDirtyAtTheVersionToBeReachedOutsideATransaction) {
  const std::string clear = "DELETE FROM \"public\".\"schema_migrations\"";
  const std::string set = "INSERT INTO \"public\".\"schema_migrations\" (version, dirty) VALUES ";
  EXPECT_EQ(record(postgres, Direction::up, 2, false).begin, (Statements{clear, set + "(10, true)"}));
  EXPECT_EQ(record(postgres, Direction::up, 2, false).end, (Statements{clear, set + "(10, false)"}));
  EXPECT_EQ(record(postgres, Direction::down, 2, false).begin, (Statements{clear, set + "(2, true)"}));
  EXPECT_EQ(record(postgres, Direction::down, 0, false).begin, (Statements{clear, set + "(-1, true)"}));
  EXPECT_EQ(record(postgres, Direction::down, 0, false).end, Statements{clear});
}

// From Python: zlib.crc32(b"public\0schema_migrations\0/shop") * 1486364155 & 0xFFFFFFFF, and the same without the
// slash.
TEST(GolangMigrate, KnowsBothLocks) {
  EXPECT_EQ(golang_migrate_format().locks("shop", "public", "schema_migrations"),
            (std::vector<std::int64_t>{2101699660, 3689236698}));
}

}  // namespace
}  // namespace dbrollback::schema
