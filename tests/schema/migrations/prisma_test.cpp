// What Prisma Migrate does with the same files and rows: the sources that schema/migrations/formats/prisma.cpp names.
// The checksum of "hello" is that of prisma-engines' own test in checksum.rs.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& prisma_format();

namespace {

using Texts = std::vector<std::string>;

const std::string prisma_id_of_a = "e5d85434-2e5b-45ac-829c-4f87a695da35";

std::unique_ptr<Project> prisma(const Folder& folder, Dialect dialect = Dialect::postgres) {
  return prisma_format().read(folder, {.dialect = dialect, .environment = {}});
}

std::unique_ptr<Project> prisma_with(const std::string& script) { return prisma({{"1_a/migration.sql", script}}); }

Place prisma_place(Dialect dialect = Dialect::postgres) { return {.dialect = dialect, .schema = {}, .table = "t"}; }

Who prisma_who() { return {.name = {}, .email = {}, .now = "2026-11-20T23:30:15.123456Z"}; }

TEST(Prisma, ReadsDirectories) {
  const auto project = prisma({{"1_a/migration.sql",
                                "\xEF\xBB\xBF"
                                "CREATE TABLE a(x int);\r\n"},
                               {"1_a/down.sql", "DROP TABLE a;"},
                               {"2_b/migration.sql", "CREATE TABLE b(x int);"},
                               {"migration_lock.toml", "# Do not edit\nprovider = \"postgresql\"\n"}});
  ASSERT_EQ(project->migrations().size(), 2U);
  const Migration& first = project->migrations()[0];
  EXPECT_EQ(first.version, "1_a");
  EXPECT_EQ(first.up.file, "1_a/migration.sql");
  EXPECT_EQ(first.up.text, "CREATE TABLE a(x int);\r\n");
  EXPECT_EQ(first.down.value().text, "DROP TABLE a;");
  EXPECT_FALSE(project->migrations()[1].down);
}

TEST(Prisma, OrdersDirectoriesAsTheToolDoes) {
  const auto project = prisma(
      {{"10_c/migration.sql", ""}, {"1_B/migration.sql", ""}, {"1_a/migration.sql", ""}, {"1_b/migration.sql", ""}});
  Texts names;
  for (const auto& migration : project->migrations()) {
    names.push_back(migration.name);
  }
  EXPECT_EQ(names, (Texts{"1_a", "1_b", "1_B", "10_c"}));
}

TEST(Prisma, RefusesWhatPrismaRefuses) {
  EXPECT_THROW(prisma({{"1_a/other.sql", ""}}), FormatError);
  const Folder folder = {{"migration_lock.toml", "\nprovider = \"sqlite\"\n"}};
  EXPECT_NO_THROW(prisma(folder, Dialect::sqlite));
  try {
    prisma(folder);
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_EQ(error.file(), "migration_lock.toml");
    EXPECT_EQ(error.line(), 2U);
  }
}

TEST(Prisma, SumsUpTheScript) {
  EXPECT_EQ(prisma_with("hello")->migrations()[0].checksum,
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST(Prisma, TakesOtherLineEndsForTheSame) {
  const std::string unix_sum = prisma_with("a;\nb;\n")->migrations()[0].checksum;
  const std::string windows_sum = prisma_with("a;\r\nb;\r\n")->migrations()[0].checksum;
  EXPECT_NE(unix_sum, windows_sum);
  EXPECT_EQ(prisma_with("a;\r\nb;\r\n")->applied({{"1_a", unix_sum, "t", {}}}).at(0).checksum, windows_sum);
  EXPECT_EQ(prisma_with("a;\nb;\n")->applied({{"1_a", windows_sum, "t", {}}}).at(0).checksum, unix_sum);
  EXPECT_EQ(prisma_with("c;")->applied({{"1_a", unix_sum, "t", {}}}).at(0).checksum, unix_sum);
}

TEST(Prisma, TakesAChecksumWithoutZeros) {
  const std::string now = prisma_with("hello")->migrations()[0].checksum;
  const std::string old = "2cf24dba5fb0a3e26e83b2ac5b9e29e1b161e5c1fa7425e7343362938b9824";
  EXPECT_EQ(prisma_with("hello")->applied({{"1_a", old, "t", {}}}).at(0).checksum, now);
}

TEST(Prisma, TellsWhatIsApplied) {
  const auto applied = prisma_with("a;")->applied(
      {{"0_gone", "x", "t", {}}, {"1_a", "y", {}, "t"}, {"1_a", "y", "t", "t"}, {"1_a", "y", {}, {}}});
  ASSERT_EQ(applied.size(), 2U);
  EXPECT_EQ(applied[0].version, "0_gone");
  EXPECT_FALSE(applied[0].failed);
  EXPECT_EQ(applied[1].version, "1_a");
  EXPECT_TRUE(applied[1].failed);
}

TEST(Prisma, MakesItsTable) {
  EXPECT_EQ(prisma({})->create(prisma_place(), {}),
            Texts{"CREATE TABLE IF NOT EXISTS t (\"id\" VARCHAR(36) PRIMARY KEY NOT NULL, \"checksum\" VARCHAR(64) NOT "
                  "NULL, \"finished_at\" TIMESTAMPTZ, \"migration_name\" VARCHAR(255) NOT NULL, \"logs\" TEXT, "
                  "\"rolled_back_at\" TIMESTAMPTZ, \"started_at\" TIMESTAMPTZ NOT NULL DEFAULT now(), "
                  "\"applied_steps_count\" INTEGER NOT NULL DEFAULT 0)"});
  EXPECT_EQ(prisma({}, Dialect::sqlite)->create(prisma_place(Dialect::sqlite), {}),
            Texts{"CREATE TABLE IF NOT EXISTS t (\"id\" TEXT PRIMARY KEY NOT NULL, \"checksum\" TEXT NOT NULL, "
                  "\"finished_at\" DATETIME, \"migration_name\" TEXT NOT NULL, \"logs\" TEXT, \"rolled_back_at\" "
                  "DATETIME, \"started_at\" DATETIME NOT NULL DEFAULT current_timestamp, \"applied_steps_count\" "
                  "INTEGER UNSIGNED NOT NULL DEFAULT 0)"});
}

TEST(Prisma, RecordsAMigrationInItsTransaction) {
  const auto project = prisma_with("hello");
  const auto rows = project->record(prisma_place(), Direction::up, project->migrations()[0], {}, prisma_who(), true);
  EXPECT_TRUE(rows.begin.empty());
  EXPECT_EQ(rows.end,
            Texts{"INSERT INTO t (id, checksum, started_at, migration_name, finished_at, applied_steps_count) "
                  "VALUES ('" +
                  prisma_id_of_a +
                  "', "
                  "'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', "
                  "'2026-11-20T23:30:15.123456Z', '1_a', '2026-11-20T23:30:15.123456Z', 1)"});
}

TEST(Prisma, RecordsTheBeginningAndTheEndOutsideATransaction) {
  const auto project = prisma({{"1_a/migration.sql", "hello"}}, Dialect::sqlite);
  const auto rows =
      project->record(prisma_place(Dialect::sqlite), Direction::up, project->migrations()[0], {}, prisma_who(), false);
  const std::string now = "CAST(strftime('%s', '2026-11-20T23:30:15') || '123' AS INTEGER)";
  EXPECT_EQ(rows.begin, Texts{"INSERT INTO t (id, checksum, started_at, migration_name, finished_at, "
                              "applied_steps_count) VALUES ('" +
                              prisma_id_of_a +
                              "', "
                              "'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', " +
                              now + ", '1_a', NULL, 0)"});
  EXPECT_EQ(rows.end, Texts{"UPDATE t SET finished_at = " + now + ", applied_steps_count = 1 WHERE id = '" +
                            prisma_id_of_a + "'"});
}

TEST(Prisma, ResolvesAFailureFirst) {
  const auto project = prisma_with("hello");
  const auto rows = project->record(prisma_place(), Direction::up, project->migrations()[0],
                                    {{.version = "1_a", .failed = true, .checksum = {}}}, prisma_who(), true);
  ASSERT_EQ(rows.end.size(), 2U);
  EXPECT_EQ(
      rows.end[0],
      "UPDATE t SET rolled_back_at = '2026-11-20T23:30:15.123456Z' WHERE migration_name = '1_a' AND rolled_back_at "
      "IS NULL AND finished_at IS NULL");
}

TEST(Prisma, ForgetsARevertedMigration) {
  const auto project = prisma_with("hello");
  const Migration& migration = project->migrations()[0];
  const std::string where = " WHERE migration_name = '1_a' AND rolled_back_at IS NULL";
  const auto inside = project->record(prisma_place(), Direction::down, migration, {}, prisma_who(), true);
  EXPECT_TRUE(inside.begin.empty());
  EXPECT_EQ(inside.end, Texts{"DELETE FROM t" + where});
  const auto outside = project->record(prisma_place(), Direction::down, migration, {}, prisma_who(), false);
  EXPECT_EQ(outside.begin, Texts{"UPDATE t SET finished_at = NULL" + where});
  EXPECT_EQ(outside.end, inside.end);
}

TEST(Prisma, RecognisesItsFolders) {
  EXPECT_TRUE(prisma_format().recognises({{"migration_lock.toml", ""}}));
  EXPECT_TRUE(prisma_format().recognises({{"20260101_a/migration.sql", ""}}));
  EXPECT_FALSE(prisma_format().recognises({{"20260101_a/up.sql", ""}, {"migration.sql", ""}}));
  EXPECT_EQ(prisma_format().locks("", "", ""), std::vector<std::int64_t>{72707369});
}

}  // namespace
}  // namespace dbrollback::schema
