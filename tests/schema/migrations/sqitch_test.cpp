// What sqitch 1.3.1 does with the same project, in PostgreSQL 15 and in SQLite; see the sources that
// schema/migrations/formats/sqitch.cpp names. The hashes are those of its registry.
#include <gtest/gtest.h>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

const Format& sqitch_format();

namespace {

using Texts = std::vector<std::string>;

const std::string sqitch_test_plan =
    "%project=flipr\n"
    "%uri=https://example.com/flipr/\n"
    "\n"
    "users 2013-12-31T18:26:59Z Ann <ann@example.com> # Users' table\n"
    "lists [users !other:old] 2014-01-01T00:00:00Z Ann <ann@example.com>\n"
    "@v1 2014-01-02T00:00:00Z Ann <ann@example.com> # One\n"
    "users [users@v1 other:base ext:x@t] 2014-01-03T00:00:00Z Ann <ann@example.com>\n";

Folder sqitch_folder() {
  return {{"deploy/lists.sql", "BEGIN;\nCREATE TABLE lists(x);\nCOMMIT;\n"},
          {"deploy/users.sql", "CREATE TABLE t_users(x);\n"},
          {"deploy/users@v1.sql",
           "\xEF\xBB\xBF"
           "CREATE TABLE users(x);\r\n"},
          {"revert/lists.sql", "DROP TABLE lists;\n"},
          {"revert/users@v1.sql", "DROP TABLE users;\n"},
          {"sqitch.conf", "[core]\n\tengine = sqlite\n\t# top_dir = .\n"},
          {"sqitch.plan", sqitch_test_plan},
          {"verify/lists.sql", "SELECT x FROM lists;\n"}};
}

std::unique_ptr<Project> sqitch_project(const Folder& folder, Dialect dialect = Dialect::sqlite) {
  return sqitch_format().read(folder, {.dialect = dialect, .environment = {}});
}

Place sqitch_place(Dialect dialect) { return {.dialect = dialect, .schema = "\"sqitch\"", .table = "\"changes\""}; }

// With an engine's settings in sqitch.conf, the file of the deploy script.
std::string sqitch_deployed(const std::string& conf, const std::string& prefix, const std::string& script,
                            Dialect dialect = Dialect::sqlite) {
  const std::string plan = "%project=p\n\na 2014-01-01T00:00:00Z Ann <ann@example.com>\n";
  return sqitch_project({{script, "SELECT 1;"}, {"sqitch.conf", conf}, {prefix + "sqitch.plan", plan}}, dialect)
      ->migrations()
      .at(0)
      .up.file;
}

TEST(Sqitch, ReadsThePlanAndItsScripts) {
  const auto project = sqitch_project(sqitch_folder());
  const auto& migrations = project->migrations();
  ASSERT_EQ(migrations.size(), 3U);
  EXPECT_EQ(migrations[0].version, "users@v1");
  EXPECT_EQ(migrations[0].up.file, "deploy/users@v1.sql");
  EXPECT_EQ(migrations[0].up.text, "CREATE TABLE users(x);\r\n");
  EXPECT_EQ(migrations[0].down.value().file, "revert/users@v1.sql");
  EXPECT_EQ(migrations[1].version, "lists");
  EXPECT_EQ(migrations[1].verify.value().text, "SELECT x FROM lists;\n");
  EXPECT_EQ(migrations[1].tags, Texts{"@v1"});
  EXPECT_EQ(migrations[1].up.text, "BEGIN;\nCREATE TABLE lists(x);\nCOMMIT;\n");
  EXPECT_EQ(migrations[2].version, "users");
  EXPECT_FALSE(migrations[2].down);
  EXPECT_FALSE(migrations[2].verify);
}

TEST(Sqitch, HashesTheScriptAsItIsOnDisk) {
  const auto project = sqitch_project({{"deploy/users.sql", "CREATE TABLE t_users_v1_0_0_dev2(x);\n"},
                                       {"sqitch.plan", "%project=p\n\nusers 2014-01-01T00:00:00Z Ann <a@b>\n"}});
  EXPECT_EQ(project->migrations()[0].checksum, "3eb34659709c0dda58315470e6c217d864f89459");
}

TEST(Sqitch, FollowsItsConfiguration) {
  EXPECT_EQ(sqitch_deployed("[core]\ntop_dir = ./db ; here\n", "db/", "db/deploy/a.sql"), "db/deploy/a.sql");
  EXPECT_EQ(sqitch_deployed("[core]\r\nplan_file=\"db/sqitch.plan\"\r\ndeploy_dir = up\r\nextension = ddl\r\n", "db/",
                            "up/a.ddl"),
            "up/a.ddl");
  const std::string engines =
      "[engine \"pg\"]\n top_dir = pg\n[engine \"sqlite\"]\n Top_Dir = lite\n[core]\n top_dir=x\n";
  EXPECT_EQ(sqitch_deployed(engines, "lite/", "lite/deploy/a.sql"), "lite/deploy/a.sql");
  EXPECT_EQ(sqitch_deployed(engines, "pg/", "pg/deploy/a.sql", Dialect::postgres), "pg/deploy/a.sql");
  const std::string target = "[core]\n\ttarget = prod\n[target \"prod\"]\n\turi = db:sqlite:x.db\n\tdeploy_dir = d\n";
  EXPECT_EQ(sqitch_deployed(target, "", "d/a.sql"), "d/a.sql");
}

TEST(Sqitch, RefusesWhatItCannotFind) {
  EXPECT_THROW(sqitch_project({{"sqitch.conf", ""}}), FormatError);
  EXPECT_THROW(sqitch_deployed("", "", "revert/a.sql"), FormatError);
  EXPECT_THROW(sqitch_deployed("[core]\nregistry = meta\n", "", "deploy/a.sql"), FormatError);
  EXPECT_THROW(sqitch_deployed("engine = pg\n", "", "deploy/a.sql"), FormatError);
}

TEST(Sqitch, KnowsAppliedChangesByTheirIds) {
  const auto project = sqitch_project(sqitch_folder());
  const std::string up =
      project->record(sqitch_place(Dialect::sqlite), Direction::up, project->migrations()[0], {}, {}, true).end.front();
  const std::size_t at = up.find("VALUES ('") + 9;
  const std::string id = up.substr(at, 40);
  const auto applied = project->applied({{id, "users", "hash"}, {"other id", "users", {}}, {"gone id", "gone", {}}});
  ASSERT_EQ(applied.size(), 3U);
  EXPECT_EQ(applied[0].version, "users@v1");
  EXPECT_EQ(applied[0].checksum, "hash");
  EXPECT_EQ(applied[1].version, "other id");
  EXPECT_EQ(applied[2].version, "gone");
}

TEST(Sqitch, MakesItsRegistry) {
  const auto project = sqitch_project(sqitch_folder());
  const Who who{.name = "Ann", .email = "ann@example.com", .now = "2026-11-20T23:30:15.123456Z"};
  const auto sqlite = project->create(sqitch_place(Dialect::sqlite), who);
  ASSERT_EQ(sqlite.size(), 8U);
  EXPECT_EQ(
      sqlite[4],
      "CREATE TABLE IF NOT EXISTS \"sqitch\".dependencies (change_id TEXT NOT NULL REFERENCES changes(change_id) "
      "ON UPDATE CASCADE ON DELETE CASCADE, type TEXT NOT NULL, dependency TEXT NOT NULL, dependency_id TEXT NULL "
      "REFERENCES changes(change_id) ON UPDATE CASCADE CONSTRAINT dependencies_check CHECK ((type = 'require' AND "
      "dependency_id IS NOT NULL) OR (type = 'conflict' AND dependency_id IS NULL)), PRIMARY KEY (change_id, "
      "dependency))");
  const auto postgres = project->create(sqitch_place(Dialect::postgres), who);
  ASSERT_EQ(postgres.size(), 9U);
  EXPECT_EQ(postgres[0], "CREATE SCHEMA IF NOT EXISTS \"sqitch\"");
  EXPECT_EQ(postgres[7],
            "INSERT INTO \"sqitch\".releases (version, installed_at, installer_name, installer_email) SELECT 1.1, "
            "clock_timestamp(), 'Ann', 'ann@example.com' WHERE NOT EXISTS (SELECT 1 FROM \"sqitch\".releases)");
  EXPECT_EQ(postgres[8],
            "INSERT INTO \"sqitch\".projects (project, uri, creator_name, creator_email, created_at) SELECT 'flipr', "
            "'https://example.com/flipr/', 'Ann', 'ann@example.com', clock_timestamp() WHERE NOT EXISTS (SELECT 1 FROM "
            "\"sqitch\".projects WHERE project = 'flipr')");
}

// As sqitch itself signs, whose registry they are in: its variables come first, then the project's settings.
TEST(Sqitch, SignsAsTheProjectSays) {
  Folder folder = sqitch_folder();
  const auto has = [&](const std::optional<std::string>& variable, const std::string& who) {
    const auto environment = [&](const std::string& name) {
      return name == "SQITCH_FULLNAME" ? variable : std::nullopt;
    };
    const auto project = sqitch_format().read(folder, {.dialect = Dialect::sqlite, .environment = environment});
    const Who account{.name = "root", .email = "r@h", .now = {}};
    return project->create(sqitch_place(Dialect::sqlite), account).back().find(who) != std::string::npos;
  };
  EXPECT_TRUE(has(std::nullopt, "'root', 'r@h'"));
  EXPECT_TRUE(has("Bob", "'Bob', 'r@h'"));
  folder[5].text += "[user]\n\tname = Ann\n\temail = ann@example.com\n";
  EXPECT_TRUE(has(std::nullopt, "'Ann', 'ann@example.com'"));
  EXPECT_TRUE(has("", "'Ann', 'ann@example.com'"));
  EXPECT_TRUE(has("Bob", "'Bob', 'ann@example.com'"));
}

TEST(Sqitch, RecordsADeploy) {
  const auto project = sqitch_project(sqitch_folder(), Dialect::postgres);
  const auto rows = project->record(sqitch_place(Dialect::postgres), Direction::up, project->migrations()[1], {},
                                    {.name = "Ann", .email = "ann@example.com", .now = {}}, true);
  EXPECT_TRUE(rows.begin.empty());
  ASSERT_EQ(rows.end.size(), 5U);
  EXPECT_TRUE(
      rows.end[0].ends_with(", 'lists', 'flipr', '', 'Ann', 'ann@example.com', '2014-01-01T00:00:00Z', 'Ann', "
                            "'ann@example.com', clock_timestamp())"))
      << rows.end[0];
  EXPECT_TRUE(rows.end[1].find("'require', 'users', '") != std::string::npos) << rows.end[1];
  EXPECT_TRUE(rows.end[2].ends_with("'conflict', 'other:old', NULL)")) << rows.end[2];
  EXPECT_TRUE(rows.end[3].find("'@v1', 'flipr'") != std::string::npos) << rows.end[3];
  EXPECT_TRUE(rows.end[4].find("'lists', 'flipr', '', ARRAY['@v1']::TEXT[], ARRAY['users']::TEXT[], "
                               "ARRAY['other:old']::TEXT[], 'Ann'") != std::string::npos)
      << rows.end[4];
}

TEST(Sqitch, ChecksWhatAChangeNeedsAndWhatItConflictsWith) {
  const auto project = sqitch_project(sqitch_folder());
  const Place place = sqitch_place(Dialect::sqlite);
  EXPECT_EQ(project->obstacles(place, project->migrations()[0]), "");
  const std::string lists = project->obstacles(place, project->migrations()[1]);
  EXPECT_TRUE(
      lists.starts_with("SELECT 'requires users, which is not deployed' WHERE (SELECT change_id FROM "
                        "\"sqitch\".changes WHERE change_id = '"))
      << lists;
  EXPECT_TRUE(lists.find("') IS NULL UNION ALL SELECT 'conflicts with other:old, which is deployed' WHERE (SELECT "
                         "change_id FROM \"sqitch\".changes WHERE project = 'other' AND ") != std::string::npos)
      << lists;
  EXPECT_TRUE(lists.ends_with(" IS NOT NULL")) << lists;
}

TEST(Sqitch, LooksForChangesOfOtherProjects) {
  const auto project = sqitch_project(sqitch_folder());
  const auto rows =
      project->record(sqitch_place(Dialect::sqlite), Direction::up, project->migrations()[2], {}, {}, true);
  ASSERT_EQ(rows.end.size(), 5U);
  EXPECT_TRUE(
      rows.end[2].ends_with("'require', 'other:base', (SELECT change_id FROM \"sqitch\".changes WHERE project = "
                            "'other' AND 'base' IN (change, change_id) ORDER BY committed_at LIMIT 1))"))
      << rows.end[2];
  EXPECT_TRUE(rows.end[3].ends_with(
      "'require', 'ext:x@t', (SELECT c.change_id FROM \"sqitch\".changes c JOIN \"sqitch\".tags t ON c.committed_at <= "
      "t.committed_at AND c.project = t.project WHERE c.project = 'ext' AND c.change = 'x' AND t.tag = '@t' ORDER BY "
      "c.committed_at DESC LIMIT 1))"))
      << rows.end[3];
}

TEST(Sqitch, RecordsARevert) {
  const auto project = sqitch_project(sqitch_folder());
  const auto rows =
      project->record(sqitch_place(Dialect::sqlite), Direction::down, project->migrations()[1], {}, {}, false);
  EXPECT_TRUE(rows.begin.empty());
  ASSERT_EQ(rows.end.size(), 4U);
  EXPECT_TRUE(rows.end[0].find("coalesce((SELECT group_concat(tag, ',') FROM \"sqitch\".tags WHERE change_id = '") !=
              std::string::npos)
      << rows.end[0];
  EXPECT_TRUE(rows.end[1].starts_with("DELETE FROM \"sqitch\".tags WHERE change_id = '"));
  EXPECT_TRUE(rows.end[2].starts_with("DELETE FROM \"sqitch\".dependencies WHERE change_id = '"));
  EXPECT_TRUE(rows.end[3].starts_with("DELETE FROM \"sqitch\".changes WHERE change_id = '"));
}

TEST(Sqitch, RecognisesItsFolders) {
  EXPECT_TRUE(sqitch_format().recognises(sqitch_folder()));
  EXPECT_TRUE(sqitch_format().recognises({{"sqitch.plan", ""}}));
  EXPECT_FALSE(sqitch_format().recognises({{"20260101_a/up.sql", ""}, {"x/sqitch.plan", ""}}));
  EXPECT_EQ(sqitch_format().locks("", "", ""), std::vector<std::int64_t>{75474063});
}

}  // namespace
}  // namespace dbrollback::schema
