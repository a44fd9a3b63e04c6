// Every mistake that a well-formed file can hold, and the very words about it.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class ConfigMistakes : public ConfigTest {
 protected:
  [[nodiscard]] std::string in_database(const std::string& line) const {
    return mistake_in("[database.app]\nurl = '/a.db'\n" + line + "\n");
  }
  [[nodiscard]] std::string in_url(const std::string& url) const {
    return mistake_in("[database.app]\nurl = \"" + url + "\"\n");
  }
};

TEST_F(ConfigMistakes, AnUnknownKeyIsNamedWithTheOneThatWasMeant) {
  EXPECT_EQ(mistake_in("repositroy = '/x'\n"), "FILE:1:1: repositroy: unknown key; did you mean 'repository'?");
  EXPECT_EQ(mistake_in("[databases.app]\nurl = '/x'\n"), "FILE:1:2: databases: unknown key; did you mean 'database'?");
  EXPECT_EQ(mistake_in("keep = { last = 1, dayly = 2 }\n"),
            "FILE:1:20: keep.dayly: unknown key; did you mean 'daily'?");
  EXPECT_EQ(in_database("  Lock-Timeout = '5s'"),
            "FILE:3:3: database.app.Lock-Timeout: unknown key; did you mean 'lock_timeout'?");
  EXPECT_EQ(in_database("[[database.app.check]]\nname = 'n'\nslq = 's'"),
            "FILE:5:1: database.app.check.slq: unknown key; did you mean 'sql'?");
}

TEST_F(ConfigMistakes, AnUnknownKeyUnlikeAllOthersIsNamedWithAllThereAre) {
  EXPECT_EQ(
      mistake_in("colour = 1\n"),
      "FILE:1:1: colour: unknown key; the keys here are: repository, timezone, keep, database, app, health, notify");
  EXPECT_EQ(in_database("password = 'hunter2'"),
            "FILE:3:1: database.app.password: unknown key; the keys here are: url, level, threads, lock_timeout, "
            "max_writer_pause, jobs, yield_after, max_rate, tables, exclude_tables, pg_bin, admin_url, scratch_url, "
            "scratch_user, migrations, migrations_format, migrations_table, migrate, check");
  EXPECT_EQ(mistake_in("\"colo\\u001bur\" = 1\n"),
            "FILE:1:1: colo\\x1Bur: unknown key; the keys here are: repository, timezone, keep, database, app, health, "
            "notify");
}

TEST_F(ConfigMistakes, MigrationsAreRunInOneWay) {
  EXPECT_EQ(in_database("migrations = 'db'\nmigrate = { command = ['alembic', 'upgrade', '{version}'] }"),
            "FILE:4:1: database.app.migrate: runs another tool, and migrations is a folder of scripts that dbrollback "
            "runs itself; take one of them out");
  EXPECT_EQ(in_database("migrate = { down_command = ['x'] }"),
            "FILE:3:11: database.app.migrate: has no command; write migrate = { command = [\"alembic\", \"upgrade\", "
            "\"{version}\"] }");
  EXPECT_EQ(in_database("migrate = { command = [] }"),
            "FILE:3:23: database.app.migrate.command: must name a program: [\"alembic\", \"upgrade\", \"{version}\"]");
}

TEST_F(ConfigMistakes, TheFirstMistakeOfTheFileIsReported) {
  EXPECT_EQ(mistake_in("timezone = 1\nkeep = 2\nextra = 3\n"),
            "FILE:1:12: timezone: must be a text in quotes, not a whole number");
}

TEST_F(ConfigMistakes, AWrongTypeIsNamedWithTheRightOne) {
  EXPECT_EQ(mistake_in("repository = 1\n"), "FILE:1:14: repository: must be a text in quotes, not a whole number");
  EXPECT_EQ(mistake_in("timezone = 1979-05-27\n"), "FILE:1:12: timezone: must be a text in quotes, not a date or time");
  EXPECT_EQ(mistake_in("keep = 5\n"),
            "FILE:1:8: keep: must be a table like { last = 10, daily = 7 }, not a whole number");
  EXPECT_EQ(mistake_in("keep = { last = '1' }\n"),
            "FILE:1:17: keep.last: must be a whole number from 0 to 1000000, not a text in quotes");
  EXPECT_EQ(mistake_in("database = 'a.db'\n"), "FILE:1:12: database: must be a table, not a text in quotes");
  EXPECT_EQ(in_database("level = 1.5"),
            "FILE:3:9: database.app.level: must be a whole number from 1 to 19, not a number with a fraction");
  EXPECT_EQ(in_database("threads = true"),
            "FILE:3:11: database.app.threads: must be a whole number from 0 to 256, not true or false");
  EXPECT_EQ(in_database("lock_timeout = 5"),
            "FILE:3:16: database.app.lock_timeout: must be a duration in quotes, like \"5s\", not a whole number");
  EXPECT_EQ(in_database("max_writer_pause = []"),
            "FILE:3:20: database.app.max_writer_pause: must be a duration in quotes, like \"5s\", not a list");
}

TEST_F(ConfigMistakes, AnEmptyTextIsNoValue) {
  EXPECT_EQ(mistake_in("repository = ''\n"), "FILE:1:14: repository: must not be empty");
  EXPECT_EQ(mistake_in("timezone = ' '\n"), "FILE:1:12: timezone: must not be empty");
  EXPECT_EQ(in_url(""), "FILE:2:7: database.app.url: must not be empty");
}

TEST_F(ConfigMistakes, AValueOutOfRangeIsNamedWithTheRange) {
  EXPECT_EQ(in_database("level = 0"),
            "FILE:3:9: database.app.level: 0 is out of range; it must be a whole number from 1 to 19");
  EXPECT_EQ(in_database("level = 20"),
            "FILE:3:9: database.app.level: 20 is out of range; it must be a whole number from 1 to 19");
  EXPECT_EQ(in_database("threads = 257"),
            "FILE:3:11: database.app.threads: 257 is out of range; it must be a whole number from 0 to 256");
  EXPECT_EQ(mistake_in("keep = { last = -1 }\n"),
            "FILE:1:17: keep.last: -1 is out of range; it must be a whole number from 0 to 1000000");
  EXPECT_EQ(in_database("lock_timeout = '25h'"),
            "FILE:3:16: database.app.lock_timeout: \"25h\" is out of range; it must be at most 1d");
}

TEST_F(ConfigMistakes, RetentionMustKeepSomething) {
  EXPECT_EQ(
      mistake_in("keep = { last = 0, daily = 0, weekly = 0, monthly = 0 }\n"),
      "FILE:1:8: keep: last, daily, weekly and monthly are all 0, so that nothing would be kept; at least one must "
      "be more");
}

TEST_F(ConfigMistakes, ABadDurationIsNamedWithGoodOnes) {
  EXPECT_EQ(in_database("lock_timeout = '5 parsecs'"),
            "FILE:3:16: database.app.lock_timeout: \"5 parsecs\" is not a duration; write a whole number and a unit: "
            "250ms, 5s, 2m, 36h or 7d");
  EXPECT_EQ(in_database("max_writer_pause = ''"),
            "FILE:3:20: database.app.max_writer_pause: \"\" is not a duration; write a whole number and a unit: 250ms, "
            "5s, 2m, 36h or 7d");
}

TEST_F(ConfigMistakes, ADatabaseWithoutAUrlIsNamed) {
  EXPECT_EQ(mistake_in("timezone = 'UTC'\n\n[database.app]\nlevel = 3\n"),
            "FILE:3:1: database.app: has no url; write url = \"sqlite:/srv/app/app.db\"");
}

TEST_F(ConfigMistakes, ADatabaseNeedsASectionAndAName) {
  EXPECT_EQ(mistake_in("[database]\nurl = 'a.db'\n"),
            "FILE:2:1: database.url: a database needs a section of its own; write [database.NAME] above its keys");
  const std::string rule =
      "a database's name may hold letters, digits, '_', '.' and '-', and begins with a letter, a digit or '_'";
  EXPECT_EQ(mistake_in("[database.\"a b\"]\nurl = 'a.db'\n"), "FILE:1:11: database.a b: " + rule);
  EXPECT_EQ(mistake_in("[database.'../x']\nurl = 'a.db'\n"), "FILE:1:11: database.../x: " + rule);
  EXPECT_EQ(mistake_in("[database.-x]\nurl = 'a.db'\n"), "FILE:1:11: database.-x: " + rule);
  EXPECT_EQ(mistake_in("[database.'m\xC3\xBC']\nurl = 'a.db'\n"), "FILE:1:11: database.m\xC3\xBC: " + rule);
  EXPECT_EQ(mistake_in("[database.'']\nurl = 'a.db'\n"), "FILE:1:11: database.: " + rule);
}

TEST_F(ConfigMistakes, AnUnsetEnvironmentVariableIsNamedWhereItIsNeeded) {
  for (const auto& value : {std::optional<std::string>(), std::optional<std::string>("")}) {
    set("APP_URL", value);
    const Config config = load("[database.app]\nurl = \"env:APP_URL\"\n");
    EXPECT_EQ(config.databases.at(0).url, "");
    EXPECT_EQ(
        config.databases.at(0).url_problem,
        file().native() + ":2:7: database.app.url: the environment variable APP_URL is not set, or empty; set it");
  }
  EXPECT_EQ(mistake_in("repository = 'env:APP_URL'\n"),
            "FILE:1:14: repository: the environment variable APP_URL is not set, or empty; set it");
  EXPECT_EQ(in_url("env:hunter2@secret"),
            "FILE:2:7: database.app.url: what follows env: is not the name of an environment variable; write env:NAME");
}

TEST_F(ConfigMistakes, APasswordInTheFileIsRefusedAndNotRepeated) {
  const std::string message =
      "FILE:2:7: database.app.url: this URL holds a password, which must not stand in this file; write env:NAME and "
      "set "
      "that environment variable, or leave the password out and keep it in ~/.pgpass";
  for (const char* url :
       {"postgresql://anna:hunter2@db/app", "postgres://anna:hun/ter2@db:5432/app", "mysql+x://a:b@h",
        "postgresql://anna@db/app?password=hunter2", "host=db Password = hunter2", "//anna:hunter2@db/app"}) {
    EXPECT_EQ(in_url(url), message);
  }
}

TEST_F(ConfigMistakes, ADatabaseOfAnotherKindIsRefused) {
  EXPECT_EQ(in_url("mysql://db/app"),
            "FILE:2:7: database.app.url: mysql: is not supported by this version; give postgresql://USER@HOST/NAME, "
            "sqlite:PATH, "
            "file:PATH or a path "
            "(./mysql:… for a file with a colon in its name)");
  EXPECT_EQ(mistake_in("repository = 's3://bucket/x'\n"),
            "FILE:1:14: repository: s3: is not supported by this version; give the path of a folder on this machine");
}

TEST_F(ConfigMistakes, APasswordFromTheEnvironmentIsNotRepeatedEither) {
  set("APP_URL", "mysql://anna:hunter2@db/app");
  EXPECT_EQ(in_url("env:APP_URL"),
            "FILE:2:7: database.app.url: mysql: is not supported by this version; give postgresql://USER@HOST/NAME, "
            "sqlite:PATH, "
            "file:PATH or a path "
            "(./mysql:… for a file with a colon in its name)");
}

TEST_F(ConfigMistakes, ADatabaseInMemoryIsRefused) {
  EXPECT_EQ(in_url(":memory:"),
            "FILE:2:7: database.app.url: a database in memory has no file to take a snapshot of; give the path of a "
            "file");
}

TEST_F(ConfigMistakes, AnUnknownTimeZoneIsNamed) {
  for (const char* name : {"Mars/Olympus", "Europe", "../zoneinfo/UTC", "/etc/localtime", "tzdata.zi"}) {
    EXPECT_EQ(mistake_in(std::string("timezone = '") + name + "'\n"),
              std::string("FILE:1:12: timezone: there is no time zone \"") + name +
                  "\"; write UTC, or a name from /usr/share/zoneinfo like Europe/Berlin");
  }
}

TEST_F(ConfigMistakes, AnotherAccountsHomeIsNotGuessed) {
  EXPECT_EQ(
      mistake_in("repository = '~anna/x'\n"),
      "FILE:1:14: repository: only ~/ stands for a home folder here; write the whole path (or ./~… for a folder of "
      "that name)");
}

TEST_F(ConfigMistakes, AZeroByteIsNoPath) {
  EXPECT_EQ(mistake_in("repository = \"/a\\u0000b\"\n"),
            "FILE:1:14: repository: this is no path; give the path of a folder");
  EXPECT_EQ(in_url("/a\\u0000b"), "FILE:2:7: database.app.url: a path cannot hold a zero byte");
}

TEST_F(ConfigMistakes, ChecksNeedANameAndSql) {
  EXPECT_EQ(in_database("[[database.app.check]]\nname = 'n'"),
            "FILE:3:1: database.app.check: has no sql; every check needs a name and sql");
  EXPECT_EQ(in_database("[[database.app.check]]\nsql = 's'"),
            "FILE:3:1: database.app.check: has no name; every check needs a name and sql");
  EXPECT_EQ(in_database("[[database.app.check]]\nname = ''"), "FILE:4:8: database.app.check.name: must not be empty");
  EXPECT_EQ(in_database("[[database.app.check]]\nsql = 7"),
            "FILE:4:7: database.app.check.sql: must be a text in quotes, not a whole number");
}

TEST_F(ConfigMistakes, ChecksAreAListOfTables) {
  EXPECT_EQ(in_database("[database.app.check]\nname = 'n'"),
            "FILE:3:1: database.app.check: must be a list of tables, written [[database.app.check]], not a table");
  EXPECT_EQ(in_database("check = [ 1 ]"), "FILE:3:11: database.app.check: must be a table, not a whole number");
}

TEST_F(ConfigMistakes, TwoChecksOfOneNameAreRefused) {
  const std::string check = "[[database.app.check]]\nname = 'rows'\nsql = 's'\n";
  EXPECT_EQ(in_database(check + check),
            "FILE:7:8: database.app.check.name: another check is called \"rows\"; give each its own name");
}

TEST_F(ConfigMistakes, AnExpectedValueIsOneValue) {
  const std::string check = "[[database.app.check]]\nname = 'rows'\nsql = 's'\n";
  EXPECT_EQ(in_database(check + "expect = [1]"),
            "FILE:6:10: database.app.check.expect: must be a number, true, false, or a text (\"unchanged\": what the "
            "snapshot saw), not a list");
  EXPECT_EQ(in_database(check + "expect = nan"),
            "FILE:6:10: database.app.check.expect: must be a finite number: no query returns this one");
}

}  // namespace
}  // namespace dbrollback::config_test
