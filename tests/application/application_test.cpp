// The application by real commands: what is run and in which order, and commands that fail, hang, flood or are missing.
#include "engine/application/application.hpp"

#include <chrono>
#include <thread>

#include "tests/support/http_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::application {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::error_of;
using Lines = std::vector<std::string>;

class Cancelling : public Observer {
 public:
  [[nodiscard]] bool cancelled() override { return true; }
};

class ApplicationTest : public test::InFolder {
 protected:
  void SetUp() override { config.folder = folder(); }

  [[nodiscard]] Application application() { return {config, Redactor(), observer}; }
  static CommandLine shell(const std::string& script) { return {"sh", "-c", script}; }
  static ServiceConfig service(const std::string& name) {
    return {.name = name,
            .stop = {shell("echo stop " + name + " >> log")},
            .switch_to = {shell("echo switch " + name + " {version} {previous} {mark} >> log")},
            .start = {shell("echo start " + name + " >> log")},
            .available = {},
            .version = {},
            .mark = {},
            .health = {}};
  }

  AppConfig config;
  Observer observer;
  const Values values{.version = "v2", .previous = "v1", .mark = "abc"};
};

TEST_F(ApplicationTest, IsSwitchedServiceByService) {
  config.services = {service("web"), service("jobs")};
  EXPECT_TRUE(application().is_managed());
  EXPECT_EQ(application().stop(values),
            (Lines{"jobs: `sh -c 'echo stop jobs >> log'`", "web: `sh -c 'echo stop web >> log'`"}));
  (void)application().start(values);
  EXPECT_EQ(test::content_of(at("log")),
            "stop jobs\nstop web\nswitch web v2 v1 abc\nstart web\nswitch jobs v2 v1 abc\nstart jobs\n");
  test::put_content(at("log"), "");
  (void)application().roll(values);
  EXPECT_EQ(test::content_of(at("log")),
            "stop web\nswitch web v2 v1 abc\nstart web\nstop jobs\nswitch jobs v2 v1 abc\nstart jobs\n");
}

TEST_F(ApplicationTest, ShowsWhatItWouldRun) {
  config.services = {service("web")};
  config.clear_caches = {{"redis-cli", "flush db"}};
  EXPECT_EQ(application().planned(values, false),
            (Lines{"sh -c 'echo stop web >> log'", "sh -c 'echo switch web v2 v1 abc >> log'",
                   "sh -c 'echo start web >> log'", "redis-cli 'flush db'"}));
  EXPECT_FALSE(fs::exists(at("log")));
}

TEST_F(ApplicationTest, OnlyKnownNamesInBracesAreReplaced) {
  config.services = {{.name = "a",
                      .stop = {{"x", "{{.Image}}", "{.spec.{version}}", "{unknown}", "{version", "{mark}"}},
                      .switch_to = {{"undo", "{kept_mark}"}, {"set", "{version}"}},
                      .start = {},
                      .available = {},
                      .version = {},
                      .mark = {},
                      .health = {}}};
  EXPECT_EQ(application().planned({.version = "v2", .previous = {}, .mark = {}}, true),
            (Lines{"x '{{.Image}}' '{.spec.v2}' '{unknown}' '{version' v2", "set v2"}));
  EXPECT_EQ(application().planned({.version = "v2", .previous = {}, .mark = "7"}, true).at(1), "undo 7");
}

TEST_F(ApplicationTest, AVersionIsAWord) {
  for (const char* good : {"v1.4.2", "feature/x", "1.0+build:7@a_b"}) {
    EXPECT_NO_THROW(require_version(good)) << good;
  }
  for (const std::string bad : {"", "-v1", "a b", "a;b", "a|b", "a\nb", "$(x)"}) {
    EXPECT_EQ(error_of([&] { require_version(bad); }).code, "bad_version") << bad;
  }
  EXPECT_EQ(error_of([] { require_version(std::string(129, 'a')); }).code, "bad_version");
  config.services = {service("web")};
  EXPECT_EQ(error_of([&] { (void)application().start({.version = "-v", .previous = {}, .mark = {}}); }).code,
            "bad_version");
}

TEST_F(ApplicationTest, IsAskedForItsVersion) {
  EXPECT_EQ(application().running_version(), "");
  config.services = {service("web"), service("jobs")};
  config.services[1].version = {"echo", "v1.4"};
  config.services[1].mark = {"echo", "deadbeef"};
  EXPECT_EQ(application().running_version(), "v1.4");
  EXPECT_EQ(application().mark(), "deadbeef");
  config.services[1].version = {"echo", "v1.4 of today"};
  EXPECT_NE(error_of([&] { (void)application().running_version(); }).message.find("prints what is no version"),
            std::string::npos);
  EXPECT_EQ(application().dirt(), "");
  config.dirty = shell("echo ' M app.py'");
  EXPECT_EQ(application().dirt(), "M app.py");
}

TEST_F(ApplicationTest, AVersionThatIsNotThereIsRefused) {
  config.services = {service("web"), service("jobs")};
  EXPECT_NO_THROW(application().require_available(values));
  config.services[1].available = shell("test {mark} = abc || { echo no {version} >&2; exit 1; }");
  EXPECT_NO_THROW(application().require_available(values));
  const ErrorInfo info =
      error_of([&] { application().require_available({.version = "v3", .previous = {}, .mark = {}}); });
  EXPECT_EQ(info.code, "version_unavailable");
  EXPECT_EQ(info.exit, Exit::refused);
  EXPECT_EQ(info.message,
            "jobs cannot be switched to v3: `sh -c 'test v3 = abc || { echo no v3 >&2; exit 1; }'` ended with status "
            "1: no v3");
  // The number of a revision, of a version that has none.
  config.services[1].available = {"false", "{kept_mark}"};
  EXPECT_NO_THROW(application().require_available({.version = "v3", .previous = {}, .mark = {}}));
}

TEST_F(ApplicationTest, ACommandThatFailsIsToldWithItsLastLines) {
  config.services = {service("web")};
  config.services[0].start = {shell("echo first; echo 'no such port' >&2; exit 7")};
  const ErrorInfo info = error_of([&] { (void)application().start(values); });
  EXPECT_EQ(info.code, "app_command_failed");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.object, "web");
  EXPECT_NE(info.message.find("ended with status 7: "), std::string::npos) << info.message;
  EXPECT_NE(info.message.find("no such port"), std::string::npos) << info.message;
  EXPECT_EQ(info.state, "done before it: web: `sh -c 'echo switch web v2 v1 abc >> log'`");
}

TEST_F(ApplicationTest, ACommandThatHangsIsStopped) {
  config.timeout = 300ms;
  config.services = {service("web")};
  for (auto* commands : {&config.services[0].stop, &config.services[0].start}) {
    *commands = {{"sleep", "60"}};
  }
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of([&] { (void)application().stop(values); }).message,
            "web: `sleep 60` did not end within 300 ms, and was stopped");
  EXPECT_EQ(error_of([&] { (void)application().start(values); }).message,
            "web: `sleep 60` did not end within 300 ms, and was stopped");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
}

TEST_F(ApplicationTest, ACommandThatFloodsIsCut) {
  config.services = {service("web")};
  config.services[0].stop = {shell("yes | head -c 20000000; echo the end >&2; exit 1")};
  const ErrorInfo info = error_of([&] { (void)application().stop(values); });
  EXPECT_TRUE(info.message.ends_with("ended with status 1: the end")) << info.message.size();
  config.services[0].start = {shell("yes | head -c 20000000; echo the end; exit 1")};
  EXPECT_TRUE(error_of([&] { (void)application().start(values); }).message.ends_with("| the end"));
  config.services[0].start = {{"yes"}};
  EXPECT_EQ(error_of([&] { (void)application().start(values); }).message,
            "web: `yes` failed: it wrote more than 67 MB, and was stopped");
}

TEST_F(ApplicationTest, AMissingProgramAndAMissingFolderAreSaid) {
  config.services = {service("web")};
  config.services[0].stop = {{"no-such-program-here"}};
  EXPECT_EQ(error_of([&] { (void)application().stop(values); }).message,
            "web: `no-such-program-here` failed: could not run no-such-program-here: there is no such program in a "
            "folder of PATH");
  config.folder = at("none");
  EXPECT_NE(error_of([&] { (void)application().stop(values); }).message.find("the folder to run in is not there"),
            std::string::npos);
}

TEST_F(ApplicationTest, AProgramWithASlashIsTheOneOfItsFolder) {
  test::put_content(at("stop.sh"), "#!/bin/sh\necho here > stopped\n");
  fs::permissions(at("stop.sh"), fs::perms::owner_all);
  config.services = {service("web")};
  config.services[0].stop = {{"./stop.sh"}};
  (void)application().stop(values);
  EXPECT_EQ(test::content_of(at("stopped")), "here\n");
}

TEST_F(ApplicationTest, WhatAStartLeavesBehindGoesOn) {
  config.services = {service("web")};
  config.services[0].start = {shell("(for i in 1 2 3 4 5 6 7 8; do sleep 0.2; echo alive; done; echo ok > left) &")};
  const auto begun = std::chrono::steady_clock::now();
  (void)application().start(values);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1500ms);
  for (int i = 0; i < 100 && !fs::exists(at("left")); ++i) {
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_TRUE(fs::exists(at("left"))) << "it was killed for what it wrote";
}

TEST_F(ApplicationTest, AServiceThatIsNotHealthyEndsIt) {
  config.services = {service("web"), service("jobs")};
  config.services[0].health.resize(1);
  config.services[0].health[0].name = "probe";
  config.services[0].health[0].command = shell("echo not yet; exit 3");
  config.services[0].health[0].within = 200ms;
  const ErrorInfo info = error_of([&] { (void)application().start(values); });
  EXPECT_EQ(info.code, "app_unhealthy");
  EXPECT_EQ(info.message, "web does not become healthy: probe ended with status 3: not yet");
  EXPECT_EQ(test::content_of(at("log")), "switch web v2 v1 abc\nstart web\n");
}

TEST_F(ApplicationTest, IsInterrupted) {
  Cancelling cancelling;
  config.services = {service("web")};
  const Application stopped(config, Redactor(), cancelling);
  EXPECT_EQ(error_of([&] { (void)stopped.stop(values); }).code, "interrupted");
  config.evidence = {{.command = {"true"}, .url = {}, .url_problem = {}}};
  EXPECT_EQ(error_of([&] { (void)stopped.collect_evidence(values); }).code, "interrupted");
}

TEST_F(ApplicationTest, EvidenceIsBoundedAndFreeOfSecrets) {
  const test::HttpServer server([](const std::string& request) {
    return request.starts_with("GET /big") ? test::HttpServer::Reply{.body = std::string(500'000, 'x')}
                                           : test::HttpServer::Reply{.status = 500, .body = "hunter2hunter2 down"};
  });
  Redactor redactor;
  redactor.learn("PASSWORD=hunter2hunter2\n");
  config.evidence = {
      {.command = shell("echo log of {version}; echo password hunter2hunter2 >&2"), .url = {}, .url_problem = {}},
      {.command = shell("yes | head -c 5000000; exit 2"), .url = {}, .url_problem = {}},
      {.command = {}, .url = server.url("/metrics?token=secret"), .url_problem = {}},
      {.command = {}, .url = server.url("/big"), .url_problem = {}},
      {.command = {}, .url = "http://127.0.0.1:1/", .url_problem = {}},
      {.command = {}, .url = {}, .url_problem = "METRICS is not set"}};
  const auto all = Application(config, redactor, observer).collect_evidence(values);
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].text, "log of v2\npassword ***");
  EXPECT_EQ(all[0].problem, "");
  EXPECT_LT(all[1].text.size(), 70'000U);
  EXPECT_NE(all[1].text.find("left out]"), std::string::npos);
  EXPECT_TRUE(all[1].problem.starts_with("ended with status 2"));
  EXPECT_EQ(all[2].source, server.url("/metrics"));
  EXPECT_EQ(all[2].text, "*** down");
  EXPECT_EQ(all[2].problem, "it answers 500");
  EXPECT_LT(all[3].text.size(), 70'000U);
  EXPECT_EQ(all[4].problem, "http://127.0.0.1:1: no answer: Couldn't connect to server");
  EXPECT_EQ(all[5].problem, "METRICS is not set");
}

}  // namespace
}  // namespace dbrollback::application
