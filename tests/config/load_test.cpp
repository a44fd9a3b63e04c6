// What a correct file means.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

class LoadConfig : public ConfigTest {};

TEST_F(LoadConfig, AnEmptyFileMeansTheDefaults) {
  const Config config = load("");
  EXPECT_EQ(config.file, file());
  EXPECT_EQ(config.repository, default_config().repository);
  EXPECT_EQ(config.timezone, "UTC");
  EXPECT_EQ(config.keep.last, 10U);
  EXPECT_EQ(config.keep.daily, 7U);
  EXPECT_EQ(config.keep.weekly, 4U);
  EXPECT_EQ(config.keep.monthly, 6U);
  EXPECT_TRUE(config.databases.empty());
}

TEST_F(LoadConfig, EveryKeyIsRead) {
  const Config config = load(R"(
repository = "/srv/snapshots/"
timezone = "Europe/Berlin"
keep = { last = 1, daily = 2, weekly = 3, monthly = 0 }

[database.app]
url = "sqlite:///srv/app/app.db"
level = 19
threads = 4
lock_timeout = "250ms"
max_writer_pause = "2m"

[[database.app.check]]
name = "orphans"
sql = "SELECT count(*) FROM message"
expect = 0
)");
  EXPECT_EQ(config.repository, "/srv/snapshots");
  EXPECT_EQ(config.timezone, "Europe/Berlin");
  EXPECT_EQ(config.keep.last, 1U);
  EXPECT_EQ(config.keep.daily, 2U);
  EXPECT_EQ(config.keep.weekly, 3U);
  EXPECT_EQ(config.keep.monthly, 0U);
  ASSERT_EQ(config.databases.size(), 1U);
  const DatabaseConfig& app = config.databases[0];
  EXPECT_EQ(app.name, "app");
  EXPECT_EQ(app.url, "/srv/app/app.db");
  EXPECT_FALSE(app.from_url);
  EXPECT_EQ(app.level, 19);
  EXPECT_EQ(app.threads, 4U);
  EXPECT_EQ(app.lock_timeout, 250ms);
  EXPECT_EQ(app.max_writer_pause, 120s);
  ASSERT_EQ(app.checks.size(), 1U);
  EXPECT_EQ(app.checks[0].name, "orphans");
  EXPECT_EQ(app.checks[0].sql, "SELECT count(*) FROM message");
  EXPECT_EQ(app.checks[0].expect, "0");
}

TEST_F(LoadConfig, ADatabaseNeedsOnlyAUrl) {
  const Config config = load("[database.app]\nurl = '/a.db'\n");
  ASSERT_EQ(config.databases.size(), 1U);
  EXPECT_EQ(config.databases[0].level, 1);
  EXPECT_EQ(config.databases[0].threads, 0U);
  EXPECT_EQ(config.databases[0].lock_timeout, 5s);
  EXPECT_EQ(config.databases[0].max_writer_pause, 5s);
  EXPECT_TRUE(config.databases[0].checks.empty());
}

TEST_F(LoadConfig, RelativePathsAreRelativeToTheFilesFolder) {
  write(folder() / "etc/dbrollback.toml",
        "repository = '../snapshots'\n[database.a]\nurl = 'sqlite:data/a.db'\n[database.b]\nurl = './b.db'\n"
        "[database.c]\nurl = 'file:c%20c.db?mode=ro'\n");
  const Config config = load_config("etc/dbrollback.toml");
  EXPECT_EQ(config.file, folder() / "etc/dbrollback.toml");
  EXPECT_EQ(config.repository, (folder() / "snapshots").native());
  EXPECT_EQ(config.databases.at(0).url, (folder() / "etc/data/a.db").native());
  EXPECT_EQ(config.databases.at(1).url, (folder() / "etc/b.db").native());
  EXPECT_EQ(config.databases.at(2).url, (folder() / "etc/c c.db").native());
}

TEST_F(LoadConfig, ATildeIsTheHomeFolder) {
  set("HOME", "/home/anna");
  const Config config = load("repository = '~/snapshots'\n[database.a]\nurl = '~/a.db'\n");
  EXPECT_EQ(config.repository, "/home/anna/snapshots");
  EXPECT_EQ(config.databases.at(0).url, "/home/anna/a.db");
}

TEST_F(LoadConfig, ValuesMayComeFromEnvironmentVariables) {
  set("APP_URL", "sqlite:app.db");
  set("APP_REPOSITORY", "snapshots");
  const Config config = load("repository = 'env:APP_REPOSITORY'\n[database.a]\nurl = 'env:APP_URL'\n");
  EXPECT_EQ(config.repository, (folder() / "snapshots").native());
  EXPECT_EQ(config.databases.at(0).url, (folder() / "app.db").native());
}

TEST_F(LoadConfig, DatabasesKeepTheOrderOfTheFile) {
  const Config config = load("[database.z]\nurl='/z'\n[database.a]\nurl='/a'\n[database.'m.1-x_Y']\nurl='/z'\n");
  ASSERT_EQ(config.databases.size(), 3U);
  EXPECT_EQ(config.databases[0].name, "z");
  EXPECT_EQ(config.databases[1].name, "a");
  EXPECT_EQ(config.databases[2].name, "m.1-x_Y");
}

TEST_F(LoadConfig, RulesThatKeepDoesNotNameKeepTheirDefaults) {
  const Config config = load("[keep]\nlast = 3\nmonthly = 0\n");
  EXPECT_EQ(config.keep.last, 3U);
  EXPECT_EQ(config.keep.daily, 7U);
  EXPECT_EQ(config.keep.weekly, 4U);
  EXPECT_EQ(config.keep.monthly, 0U);
}

TEST_F(LoadConfig, AnExpectedValueBecomesTheTextThatSqliteWouldReturn) {
  const auto expected = [&](const std::string& toml) {
    return load("[database.a]\nurl='/a'\n[[database.a.check]]\nname='c'\nsql='s'\n" + toml)
        .databases.at(0)
        .checks.at(0)
        .expect;
  };
  EXPECT_EQ(expected(""), std::nullopt);
  EXPECT_EQ(expected("expect = 'unchanged'"), std::nullopt);
  EXPECT_EQ(expected("expect = ''"), "");
  EXPECT_EQ(expected("expect = 'ok'"), "ok");
  EXPECT_EQ(expected("expect = -12"), "-12");
  EXPECT_EQ(expected("expect = true"), "1");
  EXPECT_EQ(expected("expect = false"), "0");
  EXPECT_EQ(expected("expect = 2.5"), "2.5");
  EXPECT_EQ(expected("expect = 2.0"), "2.0");
  EXPECT_EQ(expected("expect = 0.1"), "0.1");
  EXPECT_EQ(expected("expect = 1e20"), "1.0e+20");
  EXPECT_EQ(expected("expect = 1.5e-9"), "1.5e-09");
}

TEST_F(LoadConfig, ChecksOfTwoDatabasesMayShareAName) {
  const std::string check = "name='c'\nsql='s'\n";
  const Config config = load("[database.a]\nurl='/a'\n[[database.a.check]]\n" + check +
                             "[database.b]\nurl='/b'\n[[database.b.check]]\n" + check);
  EXPECT_EQ(config.databases.at(1).checks.size(), 1U);
}

TEST_F(LoadConfig, TextsMayHoldAnyCharacterInEveryKindOfQuotes) {
  const auto sql = [&](const std::string& toml) {
    return load("[database.a]\nurl='/a'\n[[database.a.check]]\nname='c'\nsql = " + toml + " # \xC3\xBC\n")
        .databases.at(0)
        .checks.at(0)
        .sql;
  };
  EXPECT_EQ(sql("'\xC3\xBC \" \\'"), "\xC3\xBC \" \\");
  EXPECT_EQ(sql("\"\\\" \xC3\xBC # '\""), "\" \xC3\xBC # '");
  EXPECT_EQ(sql("\"\\\\\""), "\\");
  EXPECT_EQ(sql("\"\"\"\n\xC3\xBC \\\"\"\" \\\n  \xC3\xA7 \xC3\xBC\"\"\"\"\""),
            "\xC3\xBC \"\"\" \xC3\xA7 \xC3\xBC\"\"");
  EXPECT_EQ(sql("'''\n\xC3\xBC \\\n\xC3\xBC ''''"), "\xC3\xBC \\\n\xC3\xBC '");
  EXPECT_EQ(sql("\"\\u00fc\""), "\xC3\xBC");
}

TEST_F(LoadConfig, AByteOrderMarkAndWindowsLineEndsDoNoHarm) {
  EXPECT_EQ(load("\xEF\xBB\xBFtimezone = 'UTC'\r\n[database.a]\r\nurl = '/a'\r\n").databases.size(), 1U);
}

}  // namespace
}  // namespace dbrollback::config_test
