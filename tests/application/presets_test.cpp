// The presets' own commands, as far as they can be run here: git, and what compose and systemd do to files.

#include "engine/application/application.hpp"
#include "engine/base/run.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::application {
namespace {

namespace fs = std::filesystem;
using test::error_of;

class PresetTest : public test::InFolder {
 protected:
  [[nodiscard]] AppConfig app(const std::string& lines) const {
    test::put_content(at("dbrollback.toml"), "[app]\nfolder = 'shop'\n" + lines);
    return load_config(at("dbrollback.toml")).app;
  }
  [[nodiscard]] std::string git(CommandLine arguments) const {
    const CommandLine who{"git", "-c", "user.name=t", "-c", "user.email=t@example.org"};
    arguments.insert(arguments.begin(), who.begin(), who.end());
    const base::Outcome outcome = base::run({.arguments = arguments, .folder = at("shop")});
    EXPECT_TRUE(outcome.succeeded()) << outcome.messages;
    return outcome.output.substr(0, outcome.output.find('\n'));
  }
  void commit(const std::string& text) {
    test::put_content(at("shop") / "app.py", text);
    (void)git({"add", "app.py"});
    (void)git({"commit", "--quiet", "--message", text});
  }
  void SetUp() override {
    fs::create_directory(at("shop"));
    for (const char* variable : {"GIT_COMMITTER_NAME", "GIT_AUTHOR_NAME"}) {
      environment.set(variable, "t");
    }
    for (const char* variable : {"GIT_COMMITTER_EMAIL", "GIT_AUTHOR_EMAIL"}) {
      environment.set(variable, "t@example.org");
    }
  }

  test::Environment environment;
  Observer observer;
};

TEST_F(PresetTest, GitStashesWhatIsModifiedAndChecksOut) {
  (void)git({"init", "--quiet"});
  commit("one");
  const std::string first = git({"rev-parse", "HEAD"});
  (void)git({"tag", "v1"});
  commit("two");
  const AppConfig config = app("preset = 'git'\n");
  const Application shop(config, Redactor(), observer);
  EXPECT_EQ(shop.mark(), git({"rev-parse", "HEAD"}));
  EXPECT_TRUE(shop.mark().starts_with(shop.running_version()));
  EXPECT_EQ(shop.dirt(), "");

  test::put_content(at("shop") / "app.py", "by hand");
  test::put_content(at("shop") / ".env", "untracked");
  EXPECT_EQ(shop.dirt(), "M app.py");
  (void)shop.start({.version = "v1", .previous = "v2", .mark = first});
  EXPECT_EQ(shop.mark(), first);
  EXPECT_EQ(test::content_of(at("shop") / "app.py"), "one");
  EXPECT_EQ(test::content_of(at("shop") / ".env"), "untracked");
  EXPECT_NE(git({"stash", "list"}).find("dbrollback: before the switch from v2 to v1"), std::string::npos);
  EXPECT_EQ(git({"show", "stash@{0}:app.py"}), "by hand");

  // Detached already, nothing to stash, and no mark: the version is a tag.
  (void)shop.start({.version = "v1", .previous = {}, .mark = {}});
  EXPECT_EQ(shop.mark(), first);
  EXPECT_NO_THROW(shop.require_available({.version = "v9", .previous = {}, .mark = first}));
  const Values gone{.version = "v9", .previous = {}, .mark = {}};
  EXPECT_EQ(error_of([&] { shop.require_available(gone); }).code, "version_unavailable");
  EXPECT_EQ(error_of([&] { (void)shop.start(gone); }).code, "app_command_failed");
}

TEST_F(PresetTest, ComposeSetsTheVariablesLine) {
  const AppConfig config = app("preset = 'compose'\nstart = []\nwith = { service = 'web' }\n");
  const Application shop(config, Redactor(), observer);
  const fs::path env = at("shop") / ".env";
  const Values values{.version = "registry/v2:a+b@c", .previous = {}, .mark = {}};
  const std::string line = "APP_VERSION=registry/v2:a+b@c\n";
  for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
           {"A=1\nAPP_VERSION=v1\nB=2\n", "A=1\n" + line + "B=2\n"},
           {"A=1\nAPP_VERSION='v1'\n", "A=1\n" + line},
           {"APP_VERSION=v1\n", line},
           {"A=1\nMY_APP_VERSION=v1\n", "A=1\nMY_APP_VERSION=v1\n" + line}}) {
    test::put_content(env, before);
    (void)shop.start(values);
    EXPECT_EQ(test::content_of(env), after) << before;
    EXPECT_EQ(shop.running_version(), values.version);
  }
  test::put_content(env, "APP_VERSION=\"v1\"\n");
  EXPECT_EQ(shop.running_version(), "v1");
  fs::remove(env);
  EXPECT_EQ(error_of([&] { (void)shop.start(values); }).code, "app_command_failed");
}

TEST_F(PresetTest, SystemdSwitchesTheLink) {
  for (const char* version : {"v1", "v2"}) {
    fs::create_directories(at("shop") / "releases" / version);
  }
  const AppConfig config = app("preset = 'systemd'\nstop = []\nstart = []\nwith = { unit = 'shop' }\n");
  const Application shop(config, Redactor(), observer);
  for (const char* version : {"v1", "v2", "v1"}) {
    (void)shop.start({.version = version, .previous = {}, .mark = {}});
    EXPECT_EQ(shop.running_version(), version);
    EXPECT_EQ(fs::read_symlink(at("shop") / "current"), fs::path("releases") / version);
  }
  EXPECT_NO_THROW(shop.require_available({.version = "v2", .previous = {}, .mark = {}}));
  const Values gone{.version = "v3", .previous = {}, .mark = {}};
  for (const ErrorInfo& info :
       {error_of([&] { shop.require_available(gone); }), error_of([&] { (void)shop.start(gone); })}) {
    EXPECT_NE(info.message.find("No such file or directory"), std::string::npos);
  }
  EXPECT_EQ(shop.running_version(), "v1");
}

// As `rollback --dry-run` shows them; compared with the programs' documentation.
TEST_F(PresetTest, WhatIsRunElsewhere) {
  using Lines = std::vector<std::string>;
  const Values back{.version = "v1", .previous = "v2", .mark = "7"};
  const AppConfig kubernetes =
      app("preset = 'kubernetes'\n"
          "with = { deployment = 'shop', selector = 'app=shop', container = 'web', image = 'r/shop', replicas = 3 }\n");
  const std::string kubectl = "kubectl --namespace=default ";
  EXPECT_EQ(Application(kubernetes, Redactor(), observer).planned(back, false),
            (Lines{kubectl + "scale --replicas=0 deployment/shop",
                   kubectl + "wait --for=delete pod --selector=app=shop --timeout=50s",
                   kubectl + "rollout undo deployment/shop --to-revision=7",
                   kubectl + "set image deployment/shop web=r/shop:v1", kubectl + "scale --replicas=3 deployment/shop",
                   kubectl + "rollout status deployment/shop --timeout=50s"}));
  const AppConfig compose = app("preset = 'compose'\nwith = { service = 'web' }\n");
  const Lines lines = Application(compose, Redactor(), observer).planned(back, false);
  EXPECT_EQ(lines.front(), "docker compose stop web");
  EXPECT_EQ(lines.back(), "docker compose up --detach --no-deps web");
  const AppConfig systemd = app("preset = 'systemd'\nwith = { unit = 'shop' }\n");
  const Lines units = Application(systemd, Redactor(), observer).planned(back, false);
  EXPECT_EQ(units.front(), "systemctl stop shop");
  EXPECT_EQ(units.back(), "systemctl start shop");
}

}  // namespace
}  // namespace dbrollback::application
