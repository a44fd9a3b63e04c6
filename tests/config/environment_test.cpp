// DBROLLBACK_… stands above the file and above the defaults.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

class ConfigEnvironment : public ConfigTest {};

TEST_F(ConfigEnvironment, VariablesStandAboveTheFile) {
  set("DBROLLBACK_REPOSITORY", "/elsewhere");
  set("DBROLLBACK_TIMEZONE", "Asia/Tokyo");
  set("DBROLLBACK_KEEP_LAST", "1");
  set("DBROLLBACK_KEEP_DAILY", "2");
  set("DBROLLBACK_KEEP_WEEKLY", "3");
  set("DBROLLBACK_KEEP_MONTHLY", "4");
  set("DBROLLBACK_LEVEL", "9");
  set("DBROLLBACK_THREADS", "2");
  set("DBROLLBACK_LOCK_TIMEOUT", "1m");
  set("DBROLLBACK_MAX_WRITER_PAUSE", "10ms");
  const Config config = load(
      "repository = '/here'\ntimezone = 'UTC'\nkeep = { last = 9, daily = 9, weekly = 9, monthly = 9 }\n"
      "[database.a]\nurl = '/a'\nlevel = 1\n[database.b]\nurl = '/b'\nlock_timeout = '1s'\n");
  EXPECT_EQ(config.repository, "/elsewhere");
  EXPECT_EQ(config.timezone, "Asia/Tokyo");
  EXPECT_EQ(config.keep.last, 1U);
  EXPECT_EQ(config.keep.daily, 2U);
  EXPECT_EQ(config.keep.weekly, 3U);
  EXPECT_EQ(config.keep.monthly, 4U);
  ASSERT_EQ(config.databases.size(), 2U);
  for (const DatabaseConfig& database : config.databases) {
    EXPECT_EQ(database.level, 9);
    EXPECT_EQ(database.threads, 2U);
    EXPECT_EQ(database.lock_timeout, 60s);
    EXPECT_EQ(database.max_writer_pause, 10ms);
  }
}

TEST_F(ConfigEnvironment, VariablesStandAboveTheDefaults) {
  set("DBROLLBACK_REPOSITORY", "snapshots");
  set("DBROLLBACK_KEEP_LAST", "99");
  const Config config = default_config();
  EXPECT_EQ(config.repository, (folder() / "snapshots").native()) << "relative to the working directory";
  EXPECT_EQ(config.keep.last, 99U);
}

TEST_F(ConfigEnvironment, ADatabaseFromAUrlTakesThemToo) {
  set("DBROLLBACK_LEVEL", "7");
  EXPECT_EQ(select_database({}, "./a.db").level, 7);
}

TEST_F(ConfigEnvironment, AnEmptyVariableIsNotSet) {
  set("DBROLLBACK_REPOSITORY", "");
  set("DBROLLBACK_LEVEL", "");
  const Config config = load("repository = '/here'\n[database.a]\nurl = '/a'\nlevel = 3\n");
  EXPECT_EQ(config.repository, "/here");
  EXPECT_EQ(config.databases.at(0).level, 3);
}

TEST_F(ConfigEnvironment, MistakesNameTheVariable) {
  EXPECT_EQ(mistake_of("DBROLLBACK_LEVEL", "20"),
            "DBROLLBACK_LEVEL: 20 is out of range; it must be a whole number from 1 to 19");
  EXPECT_EQ(mistake_of("DBROLLBACK_LEVEL", "fast"), "DBROLLBACK_LEVEL: \"fast\" must be a whole number from 1 to 19");
  EXPECT_EQ(mistake_of("DBROLLBACK_THREADS", "4 "), "DBROLLBACK_THREADS: \"4 \" must be a whole number from 0 to 256");
  EXPECT_EQ(mistake_of("DBROLLBACK_KEEP_DAILY", "99999999999999999999"),
            "DBROLLBACK_KEEP_DAILY: \"99999999999999999999\" must be a whole number from 0 to 1000000");
  EXPECT_EQ(mistake_of("DBROLLBACK_LOCK_TIMEOUT", "5"),
            "DBROLLBACK_LOCK_TIMEOUT: \"5\" is not a duration; write a whole number and a unit: 250ms, 5s, 2m, 36h or "
            "7d");
  EXPECT_EQ(mistake_of("DBROLLBACK_MAX_WRITER_PAUSE", "2d"),
            "DBROLLBACK_MAX_WRITER_PAUSE: \"2d\" is out of range; it must be at most 1d");
  EXPECT_EQ(
      mistake_of("DBROLLBACK_TIMEZONE", "Nowhere"),
      "DBROLLBACK_TIMEZONE: there is no time zone \"Nowhere\"; write UTC, or a name from /usr/share/zoneinfo like "
      "Europe/Berlin");
  EXPECT_EQ(mistake_of("DBROLLBACK_REPOSITORY", "s3://key:hunter2@bucket"),
            "DBROLLBACK_REPOSITORY: s3: is not supported by this version; give the path of a folder on this machine");
}

TEST_F(ConfigEnvironment, RetentionMustStillKeepSomething) {
  for (const char* name : {"LAST", "DAILY", "WEEKLY"}) {
    set(std::string("DBROLLBACK_KEEP_") + name, "0");
  }
  EXPECT_EQ(
      mistake_of("DBROLLBACK_KEEP_MONTHLY", "0"),
      "DBROLLBACK_KEEP_LAST, _DAILY, _WEEKLY, _MONTHLY: last, daily, weekly and monthly are all 0, so that nothing "
      "would be kept; at least one must be more");
}

}  // namespace
}  // namespace dbrollback::config_test
