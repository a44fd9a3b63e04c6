// A new file says what is true.
#include <regex>
#include <sstream>

#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

class ConfigTemplate : public ConfigTest {
 protected:
  // With every "# key = value" and "# [section]" line made live, but for keys that match `without`: no database has
  // those of both kinds.
  static std::string uncommented(const std::string& text, const std::string& without = "none") {
    static const std::regex line("# ([a-z_]+ = .*|\\[.*\\])");
    const std::regex other("# (" + without + ") = .*");
    std::istringstream in(text);
    std::string out;
    for (std::string one; std::getline(in, one);) {
      std::smatch match;
      out += std::regex_match(one, match, line) && !std::regex_match(one, other) ? match[1].str() : one;
      out += '\n';
    }
    return out;
  }

  static constexpr const char* postgres_keys_ =
      "jobs|yield_after|max_rate|tables|exclude_tables|pg_bin|admin_url|scratch_url|scratch_user";
};

TEST_F(ConfigTemplate, LoadsAsItIs) {
  const Config config = load(config_template("/srv/snapshots", "app", "sqlite:/srv/app.db"));
  EXPECT_EQ(config.repository, "/srv/snapshots");
  ASSERT_EQ(config.databases.size(), 1U);
  EXPECT_EQ(config.databases[0].name, "app");
  EXPECT_EQ(config.databases[0].url, "/srv/app.db");
  EXPECT_TRUE(config.databases[0].checks.empty());
}

TEST_F(ConfigTemplate, WithoutADatabaseHasItsSectionInAComment) {
  const std::string text = config_template("/srv/snapshots", "", "");
  EXPECT_TRUE(load(text).databases.empty());
  EXPECT_NE(text.find("\n# [database.app]\n"), std::string::npos);
}

TEST_F(ConfigTemplate, ShowsEveryKeyWithItsDefault) {
  for (const char* url : {"", "app.db"}) {
    const Config config = load(uncommented(config_template("", "app", url), postgres_keys_));
    EXPECT_EQ(config.repository, default_config().repository);
    EXPECT_EQ(config.timezone, "UTC");
    EXPECT_EQ(config.keep.last, 10U);
    EXPECT_EQ(config.keep.daily, 7U);
    EXPECT_EQ(config.keep.weekly, 4U);
    EXPECT_EQ(config.keep.monthly, 6U);
    ASSERT_EQ(config.databases.size(), 1U);
    const DatabaseConfig& app = config.databases[0];
    EXPECT_EQ(app.level, 1);
    EXPECT_EQ(app.threads, 0U);
    EXPECT_EQ(app.lock_timeout, 5s);
    EXPECT_EQ(app.max_writer_pause, 5s);
    ASSERT_EQ(app.checks.size(), 1U);
    EXPECT_EQ(app.checks[0].expect, "0");
  }
}

TEST_F(ConfigTemplate, ShowsEveryKeyOfPostgresWithItsDefault) {
  set("APP_URL", "postgresql://db/app");
  for (const char* url : {"env:APP_URL", "postgresql://db/app", "host=db dbname=app"}) {
    const Config config = load(uncommented(config_template("", "app", url), "max_writer_pause"));
    ASSERT_EQ(config.databases.size(), 1U);
    const DatabaseConfig& app = config.databases[0];
    EXPECT_EQ(app.engine, DatabaseConfig::Engine::postgres);
    EXPECT_EQ(app.jobs, 2U);
    EXPECT_EQ(app.yield_after, 5s);
    EXPECT_EQ(app.max_rate, 50'000'000U) << "an example";
    EXPECT_NE(app.pg_bin, "");
    EXPECT_NE(app.admin_url, "");
    EXPECT_NE(app.scratch_url, "");
    EXPECT_EQ(app.scratch_user, "postgres");
  }
}

TEST_F(ConfigTemplate, ShowsAnApplicationThatLoads) {
  set("SLACK_WEBHOOK", std::nullopt);
  const Config config = load(uncommented(config_template("", "app", "app.db"), postgres_keys_));
  EXPECT_EQ(config.app.preset, "systemd");
  ASSERT_EQ(config.app.services.size(), 1U);
  EXPECT_EQ(config.app.services[0].stop, (std::vector<CommandLine>{{"systemctl", "stop", "shop"}}));
  EXPECT_EQ(config.app.timeout, AppConfig().timeout);
  ASSERT_EQ(config.health.size(), 1U);
  EXPECT_EQ(config.health[0].status, HealthProbe().status);
  EXPECT_EQ(config.health[0].within, HealthProbe().within);
  ASSERT_EQ(config.notify.size(), 1U);
  EXPECT_NE(config.notify[0].url_problem, "");
}

TEST_F(ConfigTemplate, HasNoKeysThatTheDatabaseCannotHave) {
  EXPECT_EQ(config_template("", "app", "app.db").find("jobs"), std::string::npos);
  EXPECT_EQ(config_template("", "app", "postgresql://db/app").find("max_writer_pause"), std::string::npos);
}

TEST_F(ConfigTemplate, NamesEveryKeyThatThereIs) {
  const std::string text = uncommented(config_template("", "", ""));
  for (const char* key : {"repository",
                          "timezone",
                          "keep",
                          "url",
                          "level",
                          "threads",
                          "lock_timeout",
                          "max_writer_pause",
                          "jobs",
                          "yield_after",
                          "max_rate",
                          "tables",
                          "exclude_tables",
                          "pg_bin",
                          "admin_url",
                          "scratch_url",
                          "scratch_user",
                          "name",
                          "sql",
                          "expect",
                          "migrations",
                          "migrations_format",
                          "migrations_table"}) {
    EXPECT_NE(text.find(std::string("\n") + key + " = "), std::string::npos) << key;
  }
}

TEST_F(ConfigTemplate, QuotesWhatNeedsIt) {
  const std::string odd = "/srv/a \"b\"\\c\n\xC3\xBC";
  const Config config = load(uncommented(config_template(odd, "app.v2", "/srv/\"x\".db")));
  EXPECT_EQ(config.repository, odd);
  EXPECT_EQ(config.databases.at(0).name, "app.v2");
  EXPECT_EQ(config.databases.at(0).url, "/srv/\"x\".db");
  EXPECT_EQ(config.databases.at(0).checks.size(), 1U);
}

TEST_F(ConfigTemplate, RefusesWhatAFileCannotHold) {
  EXPECT_EQ(error_of([] { (void)config_template("", "a b", ""); }).message, "\"a b\" cannot be a database's name");
  EXPECT_EQ(error_of([] { (void)config_template("/a\xFF", "a", ""); }).message,
            "/a\\xFF is not UTF-8, which a configuration file must be");
  EXPECT_EQ(error_of([] { (void)config_template("", "a", "postgresql://u:hunter2@h"); }).message,
            "the database's URL holds a password, which must not stand in a configuration file");
}

}  // namespace
}  // namespace dbrollback::config_test
