// Asking whether the application works.
#include "engine/application/health.hpp"

#include <atomic>

#include "tests/support/http_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::application {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class HealthTest : public test::InFolder {
 protected:
  [[nodiscard]] Health ask(HealthProbe probe, std::chrono::milliseconds within = 100ms) {
    probe.within = within;
    return wait_until_healthy({std::move(probe)}, values, Redactor(), folder(), observer);
  }
  static HealthProbe probe(const std::string& url) {
    HealthProbe out;
    out.name = "web";
    out.url = url;
    return out;
  }
  Observer observer;
  Values values{.version = "5.0", .previous = "4.0", .mark = {}};
};

TEST_F(HealthTest, AStatusAndJsonAreCompared) {
  const test::HttpServer server([](const std::string& request) {
    return test::HttpServer::Reply{.status = request.starts_with("GET /down") ? 503 : 200,
                                   .body = request.starts_with("GET /text")
                                               ? "fine"
                                               : R"({"status": "ok", "a": {"b": [{"c": 1.0}]}, "x.y": true})"};
  });
  HealthProbe good = probe(server.url("/health"));
  good.json = {{"status", "\"ok\""}, {"a.b.0.c", "1"}, {"x.y", "true"}};
  EXPECT_TRUE(ask(good).healthy);
  EXPECT_EQ(ask(good).answers, (Lines{"web answers 200"}));
  EXPECT_EQ(ask(probe(server.url("/down"))).answers, (Lines{"web answers 503, 200 is expected"}));
  HealthProbe other = probe(server.url());
  other.json = {{"status", "\"up\""}};
  EXPECT_FALSE(ask(other).healthy);
  EXPECT_EQ(ask(other).answers, (Lines{"web answers 200, but its status is \"ok\", \"up\" is expected"}));
  other.json = {{"a.b.7", "1"}};
  EXPECT_EQ(ask(other).answers, (Lines{"web answers 200, but its JSON has no a.b.7, 1 is expected"}));
  HealthProbe text = probe(server.url("/text"));
  text.json = {{"status", "1"}};
  EXPECT_EQ(ask(text).answers, (Lines{"web answers 200, but what it says is no JSON"}));
}

TEST_F(HealthTest, ItIsAskedAgainUntilItIsSatisfied) {
  std::atomic<int> asked = 0;
  const test::HttpServer server(
      [&](const std::string&) { return test::HttpServer::Reply{.status = ++asked < 3 ? 503 : 200}; });
  EXPECT_TRUE(ask(probe(server.url()), 20s).healthy);
  EXPECT_EQ(asked, 3);
}

TEST_F(HealthTest, WhatCannotBeAskedIsNotWaitedFor) {
  HealthProbe unset;
  unset.name = "env:HEALTH";
  unset.url_problem = "HEALTH is not set";
  const auto begun = std::chrono::steady_clock::now();
  const Health health = ask(unset, 60s);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_FALSE(health.healthy);
  EXPECT_EQ(health.answers, (Lines{"env:HEALTH cannot be asked: HEALTH is not set"}));
}

TEST_F(HealthTest, ACommandIsSatisfiedWhenItSucceeds) {
  test::put_content(at("up"), "");
  HealthProbe probe;
  probe.name = "files";
  probe.command = {"test", "-e", "up"};
  EXPECT_EQ(ask(probe).answers, (Lines{"files ended with status 0"}));
  probe.command = {"test", "-e", "down"};
  EXPECT_FALSE(ask(probe).healthy);
}

TEST_F(HealthTest, TheVersionIsPutIntoAUrlAndTheJson) {
  std::string path;
  const test::HttpServer server([&](const std::string& request) {
    path = request.substr(0, request.find(" HTTP"));
    return test::HttpServer::Reply{.status = 200, .body = R"({"version": "5.0", "build": "of 4.0+b"})"};
  });
  HealthProbe right = probe(server.url("/is/{version}?not={previous}&as={it}"));
  right.name = "shop {version}";
  right.json = {{"version", R"("{version}")"}, {"build", R"("of {previous}")"}};
  values.previous = "4.0+b";
  EXPECT_EQ(ask(right).answers, (Lines{"shop 5.0 answers 200"}));
  EXPECT_EQ(path, "GET /is/5.0?not=4.0%2Bb&as={it}");
  values.version = "6.0";
  EXPECT_EQ(ask(right).answers, (Lines{R"(shop 6.0 answers 200, but its version is "5.0", "6.0" is expected)"}));
}

TEST_F(HealthTest, TheVersionIsPutIntoACommand) {
  HealthProbe asked;
  asked.name = "version";
  asked.command = {"test", "{version}", "=", "5.0"};
  EXPECT_TRUE(ask(asked).healthy);
  values.version = "4.0";
  EXPECT_FALSE(ask(asked).healthy);
  asked.command = {"test", "{kept_mark}", "=", "none"};
  EXPECT_EQ(ask(asked).answers, (Lines{"version is left out: no mark is kept"}));
}

TEST_F(HealthTest, WithoutProbesItIsHealthy) {
  EXPECT_TRUE(wait_until_healthy({}, values, Redactor(), folder(), observer).healthy);
}

}  // namespace
}  // namespace dbrollback::application
