// Which database an argument means.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class SelectDatabase : public ConfigTest {
 protected:
  void SetUp() override {
    ConfigTest::SetUp();
    two_.file = "/etc/dbrollback.toml";
    two_.databases.resize(2);
    two_.databases[0].name = "app";
    two_.databases[0].url = "/srv/app.db";
    two_.databases[0].level = 9;
    two_.databases[1].name = "web.db";
    two_.databases[1].url = "/srv/app.db";
    one_ = two_;
    one_.databases.resize(1);
  }

  static ErrorInfo refusal(const Config& config, const std::string& argument) {
    ErrorInfo info = error_of([&] { (void)select_database(config, argument); });
    EXPECT_EQ(info.exit, Exit::usage);
    return info;
  }

  Config none_;
  Config one_;
  Config two_;
};

TEST_F(SelectDatabase, FindsAConfiguredOneByName) {
  EXPECT_EQ(select_database(two_, "app").level, 9);
  EXPECT_EQ(select_database(two_, "web.db").url, "/srv/app.db") << "a name comes before a path";
  EXPECT_FALSE(select_database(two_, "web.db").from_url);
}

TEST_F(SelectDatabase, TakesTheOnlyOneWhenNoneIsNamed) { EXPECT_EQ(select_database(one_, "").name, "app"); }

TEST_F(SelectDatabase, AsksWhichOneWhenThereAreSeveral) {
  const ErrorInfo info = refusal(two_, "");
  EXPECT_EQ(info.code, "ambiguous_database");
  EXPECT_EQ(info.message, "several databases are configured: app, web.db");
  EXPECT_EQ(info.next, "say which one with `--database NAME`");
}

TEST_F(SelectDatabase, SaysWhatToDoWhenThereAreNone) {
  const ErrorInfo info = refusal(none_, "");
  EXPECT_EQ(info.code, "no_database");
  EXPECT_EQ(info.message, "no database is configured and none was given");
  EXPECT_EQ(info.next,
            "go to the folder of its dbrollback.toml (there is none here or above), write `--database PATH`, or run "
            "`dbrollback init` to configure one");
  Config empty = none_;
  empty.file = "/srv/dbrollback.toml";
  EXPECT_EQ(refusal(empty, "").next, "write `--database PATH`, or run `dbrollback init` to configure one");
}

TEST_F(SelectDatabase, MakesOneFromAUrlOrAPath) {
  for (const char* argument : {"./data.sqlite", "sqlite:data.sqlite", "data.sqlite", "file:data.sqlite?mode=ro"}) {
    const DatabaseConfig database = select_database(two_, argument);
    EXPECT_EQ(database.name, "data");
    EXPECT_EQ(database.url, (folder() / "data.sqlite").native());
    EXPECT_TRUE(database.from_url);
    EXPECT_EQ(database.level, 1) << "not another one's settings";
  }
}

TEST_F(SelectDatabase, MakesOneFromTheNameOfAFileThatExists) {
  write(folder() / "data", "");
  EXPECT_EQ(select_database(two_, "data").url, (folder() / "data").native());
}

TEST_F(SelectDatabase, MakesOneFromAnEnvironmentVariable) {
  set("APP_URL", "sqlite:data.db");
  EXPECT_EQ(select_database(none_, "env:APP_URL").url, (folder() / "data.db").native());
  set("APP_URL", std::nullopt);
  EXPECT_EQ(refusal(none_, "env:APP_URL").message, "the environment variable APP_URL is not set, or empty; set it");
}

TEST_F(SelectDatabase, NamesAFilesDatabaseAfterItInPlainCharacters) {
  EXPECT_EQ(select_database(none_, "/x/my db\n.sqlite").name, "my_db_");
  EXPECT_EQ(select_database(none_, "/x/m\xC3\xBCller.db").name, "m_ller");
  EXPECT_EQ(select_database(none_, "/x/.hidden").name, "_hidden");
  EXPECT_EQ(select_database(none_, "/x/-rf.db").name, "_rf");
  EXPECT_EQ(select_database(none_, "/").name, "database");
}

TEST_F(SelectDatabase, RefusesAnUnknownNameWithTheNamesThereAre) {
  const ErrorInfo info = refusal(two_, "ap");
  EXPECT_EQ(info.code, "unknown_database");
  EXPECT_EQ(info.message, "there is no database \"ap\" in /etc/dbrollback.toml; it has: app, web.db");
  EXPECT_EQ(info.object, "ap");
  EXPECT_EQ(info.next, "did you mean 'app'?");
  EXPECT_EQ(refusal(two_, "nothing").next, "write one of these names");
}

TEST_F(SelectDatabase, RefusesAnUnknownNameWhenNothingIsConfigured) {
  const ErrorInfo info = refusal(none_, "a\x1B");
  EXPECT_EQ(info.code, "unknown_database");
  EXPECT_EQ(info.message, "there is no file \"a\\x1B\", and no database is configured");
  EXPECT_EQ(info.next, "write `--database PATH`, or run `dbrollback init` to configure one");
}

TEST_F(SelectDatabase, RefusesAPasswordWithoutRepeatingIt) {
  for (const char* argument :
       {"postgresql://anna:hunter2@db/app", "postgresql+psycopg://anna:hun/ter2@db", "host=db password=hunter2",
        "password=hunter2", "postgresql://db/app?sslmode=x&password=hunter2", "jdbc:postgresql://a:hunter2@h/d"}) {
    const ErrorInfo info = refusal(two_, argument);
    EXPECT_EQ(info.code, "password_in_argument") << argument;
    EXPECT_EQ(info.message,
              "the database's URL holds a password, which every user of this machine can see in an argument");
    EXPECT_EQ(info.object, "");
    EXPECT_NE(info.next.find("env:NAME"), std::string::npos);
    EXPECT_NE(info.next.find(".pgpass"), std::string::npos);
  }
}

TEST_F(SelectDatabase, RefusesOtherKindsOfDatabases) {
  EXPECT_EQ(refusal(two_, "mysql://anna@db:5432/app").code, "unsupported_database");
  EXPECT_EQ(refusal(two_, ":memory:").code, "bad_database_url");
}

}  // namespace
}  // namespace dbrollback::config_test
