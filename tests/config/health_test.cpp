// [[health]] and [[notify]]: what is asked, and who is told.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

class ConfigHealth : public ConfigTest {
 protected:
  [[nodiscard]] std::string mistake(const std::string& lines) const {
    return mistake_in("[[health]]\n" + lines + "\n");
  }
};
class ConfigNotify : public ConfigHealth {
 protected:
  [[nodiscard]] std::string mistake(const std::string& lines) const {
    return mistake_in("[[notify]]\n" + lines + "\n");
  }
};

TEST_F(ConfigHealth, AUrlHasAStatusAndJson) {
  const Config config = load(
      "[[health]]\nurl = 'http://127.0.0.1:8000/health?full=1'\nstatus = 204\nwithin = '5s'\n"
      "json = { status = \"o\\\"k\\n\", database.ok = true, \"checks.0.load\" = 0.5, count = 3 }\n"
      "[[health]]\nname = 'jobs'\ncommand = ['pgrep', 'jobs']\n");
  ASSERT_EQ(config.health.size(), 2U);
  const HealthProbe& probe = config.health[0];
  EXPECT_EQ(probe.name, "http://127.0.0.1:8000/health");
  EXPECT_EQ(probe.url, "http://127.0.0.1:8000/health?full=1");
  EXPECT_EQ(probe.status, 204);
  EXPECT_EQ(probe.within, 5s);
  using Json = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(probe.json,
            (Json{{"status", "\"o\\\"k\\u000a\""}, {"database.ok", "true"}, {"checks.0.load", "0.5"}, {"count", "3"}}));
  EXPECT_EQ(config.health[1].name, "jobs");
  EXPECT_EQ(config.health[1].command, (CommandLine{"pgrep", "jobs"}));
  EXPECT_EQ(config.health[1].within, 60s);
}

TEST_F(ConfigHealth, AUrlFromTheEnvironmentMayHoldAPassword) {
  set("HEALTH", "https://probe:hunter2@shop.example/health?token=abc");
  const Config config = load("[[health]]\nurl = 'env:HEALTH'\n");
  EXPECT_EQ(config.health.at(0).url, "https://probe:hunter2@shop.example/health?token=abc");
  EXPECT_EQ(config.health.at(0).name, "https://shop.example/health");
  set("HEALTH", std::nullopt);
  const Config unset = load("[[health]]\nurl = 'env:HEALTH'\n");
  EXPECT_EQ(unset.health.at(0).url, "");
  EXPECT_EQ(unset.health.at(0).name, "env:HEALTH");
  EXPECT_EQ(unset.health.at(0).url_problem,
            file().native() + ":2:7: health.url: the environment variable HEALTH is not set, or empty; set it");
}

TEST_F(ConfigHealth, Mistakes) {
  EXPECT_EQ(mistake("url = 'https://probe:hunter2@shop.example/'"),
            "FILE:2:7: health.url: this URL holds a user or a password, which must not stand in this file; write "
            "env:NAME and set that environment variable");
  EXPECT_EQ(mistake("url = 'ftp://shop.example/'"),
            "FILE:2:7: health.url: this is no URL to ask; write http://HOST/PATH, https://HOST/PATH, or env:NAME");
  EXPECT_EQ(mistake("within = '5s'"),
            "FILE:1:1: health: has neither a url nor a command; write url = \"http://127.0.0.1:8000/health\"");
  EXPECT_EQ(mistake("url = 'http://a'\ncommand = ['b']"),
            "FILE:1:1: health: has a url and a command; take one of them out");
  EXPECT_EQ(mistake("command = ['b']\nstatus = 200"),
            "FILE:3:1: health.status: is for a url; a command is satisfied when it exits with 0");
  EXPECT_EQ(mistake("url = 'http://a'\nstatus = 20"),
            "FILE:3:10: health.status: 20 is out of range; it must be a whole number from 100 to 599");
  EXPECT_EQ(mistake("url = 'http://a'\njson = { a = [1] }"),
            "FILE:3:14: health.json.a: must be a text, a number, true or false, not a list");
  EXPECT_EQ(mistake("url = 'http://a'\nwithni = '5s'"), "FILE:3:1: health.withni: unknown key; did you mean 'within'?");
}

TEST_F(ConfigNotify, AReceiverHasAFormatAndEvents) {
  set("HOOK", "https://hooks.slack.com/services/T/B/secret");
  const Config config = load(
      "[[notify]]\nurl = 'env:HOOK'\nformat = 'slack'\non = ['deploy', 'rollback']\n"
      "[[notify]]\nurl = 'http://127.0.0.1:9/'\n");
  ASSERT_EQ(config.notify.size(), 2U);
  EXPECT_EQ(config.notify[0].url, "https://hooks.slack.com/services/T/B/secret");
  EXPECT_EQ(config.notify[0].format, NotifyConfig::Format::slack);
  EXPECT_EQ(config.notify[0].on, (std::vector<std::string>{"deploy", "rollback"}));
  EXPECT_EQ(config.notify[1].format, NotifyConfig::Format::json);
  EXPECT_EQ(config.notify[1].on, (std::vector<std::string>{"deploy_failed", "rollback", "verify_failed"}));
}

TEST_F(ConfigNotify, Mistakes) {
  EXPECT_EQ(mistake("url = 'https://hooks.slack.com/services/T/B/secret'"),
            "FILE:2:7: notify.url: a webhook of Slack is a secret as such, which must not stand in this file; write "
            "env:NAME and set that environment variable");
  EXPECT_EQ(mistake("url = 'http://a'\nformat = 'xml'"),
            "FILE:3:10: notify.format: \"xml\" is not known here; write one of json, slack");
  EXPECT_EQ(mistake("url = 'http://a'\non = ['rolback']"),
            "FILE:3:6: notify.on: \"rolback\" is not known here; did you mean \"rollback\"?");
  EXPECT_EQ(mistake("format = 'json'"), "FILE:1:1: notify: has no url; write url = \"env:SLACK_WEBHOOK\"");
}

}  // namespace
}  // namespace dbrollback::config_test
