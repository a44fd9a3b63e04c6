// [app] and its services: what is read, what a preset makes of it, and the mistakes.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;

using Commands = std::vector<CommandLine>;

class ConfigApp : public ConfigTest {
 protected:
  [[nodiscard]] AppConfig app(const std::string& lines) const { return load("[app]\n" + lines).app; }
  [[nodiscard]] std::string mistake(const std::string& lines) const { return mistake_in("[app]\n" + lines + "\n"); }
};

TEST_F(ConfigApp, IsNotThereWithoutItsSection) {
  const AppConfig none = load("timezone = 'UTC'\n").app;
  EXPECT_TRUE(none.services.empty());
  EXPECT_EQ(none.folder, folder());
  EXPECT_EQ(none.timeout, 60s);
  EXPECT_FALSE(none.rto.has_value());
}

TEST_F(ConfigApp, OwnCommandsMakeTheOneService) {
  const AppConfig config =
      app("stop = ['systemctl', 'stop', 'shop']\n"
          "switch = [['a'], ['b', '{version}']]\n"
          "start = []\n"
          "available = ['test', '-d', '{version}']\n"
          "version = ['cat', 'VERSION']\n"
          "mark = ['cat', 'MARK']\n"
          "dirty = ['git', 'status']\n"
          "folder = 'shop'\n"
          "config_files = ['.env', '/etc/shop.conf']\n"
          "clear_caches = [['redis-cli', 'flushdb']]\n"
          "timeout = '5s'\n"
          "rto = '3m'\n");
  ASSERT_EQ(config.services.size(), 1U);
  const ServiceConfig& one = config.services[0];
  EXPECT_EQ(one.name, "application");
  EXPECT_EQ(one.stop, (Commands{{"systemctl", "stop", "shop"}}));
  EXPECT_EQ(one.switch_to, (Commands{{"a"}, {"b", "{version}"}}));
  EXPECT_TRUE(one.start.empty());
  EXPECT_EQ(one.available, (CommandLine{"test", "-d", "{version}"}));
  EXPECT_EQ(one.version, (CommandLine{"cat", "VERSION"}));
  EXPECT_EQ(one.mark, (CommandLine{"cat", "MARK"}));
  EXPECT_EQ(config.dirty, (CommandLine{"git", "status"}));
  EXPECT_EQ(config.folder, folder() / "shop");
  EXPECT_EQ(config.config_files, (std::vector<fs::path>{folder() / ".env", "/etc/shop.conf"}));
  EXPECT_EQ(config.clear_caches, (Commands{{"redis-cli", "flushdb"}}));
  EXPECT_EQ(config.timeout, 5s);
  EXPECT_EQ(config.rto, 3min);
}

TEST_F(ConfigApp, WithoutCommandsThereIsNoService) { EXPECT_TRUE(app("config_files = ['.env']\n").services.empty()); }

TEST_F(ConfigApp, EvidenceIsCommandsAndUrls) {
  set("METRICS", std::nullopt);
  const AppConfig config =
      app("evidence = [['journalctl', '-n', '50'], 'http://127.0.0.1:9/metrics', 'env:METRICS']\n");
  ASSERT_EQ(config.evidence.size(), 3U);
  EXPECT_EQ(config.evidence[0].command, (CommandLine{"journalctl", "-n", "50"}));
  EXPECT_EQ(config.evidence[1].url, "http://127.0.0.1:9/metrics");
  EXPECT_EQ(config.evidence[2].url_problem, file().native() +
                                                ":2:71: app.evidence: the environment variable METRICS is not set, or "
                                                "empty; set it");
  EXPECT_EQ(mistake("evidence = ['journalctl']"),
            "FILE:2:13: app.evidence: this is no URL to ask; write http://HOST/PATH, https://HOST/PATH, or env:NAME");
  EXPECT_EQ(mistake("evidence = [[]]"),
            "FILE:2:13: app.evidence: names no program; write a command as a list of texts, like [\"systemctl\", "
            "\"stop\", \"web\"]");
}

TEST_F(ConfigApp, APresetsVariablesArePutIn) {
  const AppConfig config = app("preset = 'systemd'\nwith = { unit = 'shop', releases = '/srv/shop/releases' }\n");
  ASSERT_EQ(config.services.size(), 1U);
  EXPECT_EQ(config.preset, "systemd");
  EXPECT_EQ(config.services[0].stop, (Commands{{"systemctl", "stop", "shop"}}));
  EXPECT_EQ(config.services[0].version, (CommandLine{"realpath", "--relative-to=/srv/shop/releases", "current"}));
  EXPECT_EQ(config.services[0].switch_to.at(0),
            (CommandLine{"realpath", "--canonicalize-existing", "/srv/shop/releases/{version}"}));
}

TEST_F(ConfigApp, WhatStandsThereStandsAboveThePreset) {
  const AppConfig config = app("preset = 'git'\nstop = ['systemctl', 'stop', 'shop']\nmark = []\n");
  ASSERT_EQ(config.services.size(), 1U);
  EXPECT_EQ(config.services[0].stop, (Commands{{"systemctl", "stop", "shop"}}));
  EXPECT_TRUE(config.services[0].mark.empty());
  EXPECT_EQ(config.services[0].switch_to.size(), 2U);
  EXPECT_EQ(config.dirty.at(0), "git");
  EXPECT_TRUE(app("preset = 'git'\ndirty = []\n").dirty.empty());
}

TEST_F(ConfigApp, EachServiceHasThePresetWithItsOwnVariables) {
  const AppConfig config =
      app("preset = 'compose'\n"
          "with = { env_file = 'prod.env' }\n"
          "[[app.service]]\nname = 'web'\nwith = { service = 'web' }\n"
          "[[app.service.health]]\ncommand = ['curl', 'http://web']\n"
          "[[app.service]]\nname = 'worker'\nwith = { service = 'jobs', variable = 'JOBS_VERSION' }\nstart = []\n");
  ASSERT_EQ(config.services.size(), 2U);
  EXPECT_EQ(config.services[0].stop, (Commands{{"docker", "compose", "stop", "web"}}));
  EXPECT_EQ(config.services[0].health.size(), 1U);
  EXPECT_EQ(config.services[0].version.back(), "prod.env");
  EXPECT_EQ(config.services[1].stop, (Commands{{"docker", "compose", "stop", "jobs"}}));
  EXPECT_EQ(config.services[1].switch_to.at(0).at(2), "--expression=/^JOBS_VERSION=/{h;s|=.*|={version}|;}");
  EXPECT_TRUE(config.services[1].start.empty());
}

TEST_F(ConfigApp, ServicesShareTheApplicationsVersion) {
  const AppConfig config =
      app("version = ['cat', 'VERSION']\n"
          "[[app.service]]\nname = 'web'\nstop = ['a']\n"
          "[[app.service]]\nname = 'jobs'\nversion = ['cat', 'JOBS']\n");
  EXPECT_EQ(config.services.at(0).version, (CommandLine{"cat", "VERSION"}));
  EXPECT_EQ(config.services.at(1).version, (CommandLine{"cat", "JOBS"}));
}

TEST_F(ConfigApp, EveryPresetThatComesAlongLoads) {
  EXPECT_EQ(app("preset = 'git'\n").services.size(), 1U);
  EXPECT_EQ(app("preset = 'systemd'\nwith = { unit = 'a' }\n").services.size(), 1U);
  EXPECT_EQ(app("preset = 'compose'\nwith = { service = 'a' }\n").services.size(), 1U);
  const AppConfig config =
      app("preset = 'kubernetes'\n"
          "with = { deployment = 'shop', selector = 'app=shop', container = 'web', image = 'r/shop', replicas = 3 }\n");
  EXPECT_EQ(config.services.at(0).start.at(0).at(3), "--replicas=3");
  EXPECT_EQ(config.services.at(0).version.back(),
            "--output=go-template={{range .spec.template.spec.containers}}{{if eq .name \"web\"}}{{slice .image (len "
            "\"r/shop:\")}}{{end}}{{end}}");
  EXPECT_EQ(config.services.at(0).mark.back(),
            "--output=jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}");
}

TEST_F(ConfigApp, APresetMayBeAFileOfOnesOwn) {
  write("ours.toml", "[variables]\nhost = ''\n[commands]\nstop = ['ssh', '{host}', 'stop', '{version}', '{other}']\n");
  EXPECT_EQ(app("preset = 'ours.toml'\nwith = { host = 'web1' }\n").services.at(0).stop,
            (Commands{{"ssh", "web1", "stop", "{version}", "{other}"}}));
  const std::string name = at("ours.toml").native();
  write("ours.toml", "[commands]\nstopp = ['x']\n");
  EXPECT_EQ(error_of([&] { (void)app("preset = 'ours.toml'\n"); }).message,
            name + ":2:1: commands.stopp: unknown key; did you mean 'stop'?");
  write("ours.toml", "[variables]\nmark = 'x'\n[commands]\n");
  EXPECT_EQ(error_of([&] { (void)app("preset = 'ours.toml'\n"); }).message,
            name + ":2:1: variables.mark: {mark} is put in when a command is run; take another name");
  EXPECT_EQ(error_of([&] { (void)app("preset = './none.toml'\n"); }).message,
            at("none.toml").native() + ":1:1: there is no such preset");
}

TEST_F(ConfigApp, MistakesOfPresets) {
  EXPECT_EQ(mistake("preset = 'sistemd'"),
            "FILE:2:10: app.preset: there is no preset \"sistemd\"; did you mean \"systemd\"? (a file of your own is a "
            "path that ends in .toml)");
  EXPECT_EQ(
      mistake("preset = 'heroku'"),
      "FILE:2:10: app.preset: there is no preset \"heroku\"; there are: compose, git, kubernetes, systemd (a file "
      "of your own is a path that ends in .toml)");
  EXPECT_EQ(mistake("preset = 'systemd'"),
            "FILE:2:10: app.preset: the preset \"systemd\" needs unit; write with = { unit = \"…\" }");
  EXPECT_EQ(mistake("preset = 'systemd'\nwith = { unti = 'a' }"),
            "FILE:3:10: app.with.unti: unknown key; did you mean 'unit'?");
  EXPECT_EQ(mistake("with = { unit = 'a' }"),
            "FILE:2:1: app.with: is for the variables of a preset, and there is none; write preset = \"systemd\"");
  EXPECT_EQ(mistake("preset = 'git'\nwith = { unit = 'a' }"),
            "FILE:3:1: app.with: the preset \"git\" has no variables");
}

TEST_F(ConfigApp, MistakesOfServices) {
  EXPECT_EQ(mistake("stop = ['a']\n[[app.service]]\nname = 'web'"),
            "FILE:2:1: app.stop: belongs to a service where there are any; write it below [[app.service]]");
  EXPECT_EQ(mistake("[[app.service]]\nstop = ['a']"), "FILE:2:1: app.service: has no name; every service needs one");
  EXPECT_EQ(mistake("[[app.service]]\nname = 'a'\n[[app.service]]\nname = 'a'"),
            "FILE:4:1: app.service: another service is called \"a\"; give each its own name");
  EXPECT_EQ(mistake("[[app.service]]\nname = 'a'\nwith = { unit = 'x' }"),
            "FILE:4:1: app.service.with: is for the variables of a preset, and [app] names none");
  EXPECT_EQ(mistake("[app.service]\nname = 'a'"),
            "FILE:2:1: app.service: must be a list of tables, written [[app.service]], not a table");
}

TEST_F(ConfigApp, MistakesOfValues) {
  EXPECT_EQ(mistake("stpo = ['a']"), "FILE:2:1: app.stpo: unknown key; did you mean 'stop'?");
  EXPECT_EQ(mistake("stop = 'systemctl stop shop'"),
            "FILE:2:8: app.stop: must be a command as a list of texts, like [\"systemctl\", \"stop\", \"web\"], or a "
            "list of such, not a text in quotes");
  EXPECT_EQ(mistake("stop = [['a'], 'b']"),
            "FILE:2:16: app.stop: must be a command as a list of texts, like [\"systemctl\", \"stop\", \"web\"], not a "
            "text in quotes");
  EXPECT_EQ(mistake("timeout = '0s'"), "FILE:2:11: app.timeout: must be more than 0");
  EXPECT_EQ(mistake("rto = 5"), "FILE:2:7: app.rto: must be a duration in quotes, like \"5s\", not a whole number");
}

}  // namespace
}  // namespace dbrollback::config_test
