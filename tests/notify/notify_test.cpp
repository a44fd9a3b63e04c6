// Messages over HTTP, to a server of this test.
#include "engine/notify/notify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/report/example.hpp"
#include "tests/support/receiver.hpp"

namespace dbrollback::notify {
namespace {

using namespace std::chrono_literals;
using test::Receiver;

class Warnings : public Observer {
 public:
  void warning(std::string_view text) override { said.emplace_back(text); }
  std::vector<std::string> said;
};

NotifyConfig config(const std::string& url, std::vector<std::string> on) {
  return {.url = url, .url_problem = {}, .format = NotifyConfig::Format::json, .on = std::move(on)};
}

std::vector<std::string> told(const std::string& url, Event event = Event::rollback_failed) {
  Warnings observer;
  notify({config(url, {"rollback"})}, event, test::example_run(), observer);
  return observer.said;
}

std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

TEST(Notify, PostsTheDocument) {
  Receiver receiver(200);
  EXPECT_EQ(told(receiver.url() + "/hooks/T0/secret"), std::vector<std::string>{});
  const std::vector<std::string> received = receiver.received();
  ASSERT_EQ(received.size(), 1U);
  EXPECT_TRUE(received[0].starts_with("POST /hooks/T0/secret HTTP/1.1\r\n")) << received[0];
  EXPECT_NE(received[0].find("Content-Type: application/json\r\n"), std::string::npos) << received[0];
  EXPECT_EQ(nlohmann::json::parse(body_of(received[0]))["event"], "rollback_failed");
}

TEST(Notify, PostsWhatSlackReads) {
  Receiver receiver(200);
  NotifyConfig slack = config(receiver.url(), {"rollback"});
  slack.format = NotifyConfig::Format::slack;
  Warnings observer;
  notify({slack}, Event::rollback_started, test::example_run(), observer);
  ASSERT_EQ(receiver.received().size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(body_of(receiver.received()[0]))["blocks"][0]["type"], "header");
}

TEST(Notify, TellsThoseWhoAsked) {
  const std::vector<std::pair<Event, std::vector<std::string>>> who{
      {Event::deploy_completed, {"deploy"}},   {Event::deploy_failed, {"deploy", "deploy_failed"}},
      {Event::rollback_started, {"rollback"}}, {Event::rollback_completed, {"rollback"}},
      {Event::rollback_failed, {"rollback"}},  {Event::verify_failed, {"verify_failed"}}};
  Receiver receiver(204);
  std::vector<NotifyConfig> receivers;
  for (const char* word : {"deploy", "deploy_failed", "rollback", "verify_failed"}) {
    receivers.push_back(config(receiver.url() + "/" + word, {word}));
  }
  for (const auto& [event, words] : who) {
    Warnings observer;
    const std::size_t before = receiver.received().size();
    notify(receivers, event, test::example_run(), observer);
    const std::vector<std::string> received = receiver.received();
    ASSERT_EQ(received.size() - before, words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_TRUE(received[before + i].starts_with("POST /" + words[i] + " ")) << received[before + i];
    }
    EXPECT_TRUE(observer.said.empty());
  }
}

TEST(Notify, TellsOfADatabaseThatIsReadyOnlyWhereThatFailed) {
  Receiver receiver(200);
  dbrollback::Run run = test::example_run();
  run.command = "deploy";
  run.facts = {{"part", "before"}, {"to", "v1.5.0"}};
  Warnings observer;
  notify({config(receiver.url(), {"deploy"})}, Event::deploy_completed, run, observer);
  EXPECT_EQ(receiver.received().size(), 0U);
  notify({config(receiver.url(), {"deploy"})}, Event::deploy_failed, run, observer);
  EXPECT_EQ(receiver.received().size(), 1U);
}

TEST(Notify, WarnsOnceOfAnAnswerThatIsNoYesAndGoesOn) {
  Receiver broken(500);
  Receiver works(200);
  Warnings observer;
  notify({config(broken.url() + "/hooks/secret", {"rollback"}), config(works.url(), {"rollback"})},
         Event::rollback_failed, test::example_run(), observer);
  ASSERT_EQ(observer.said.size(), 1U);
  EXPECT_EQ(observer.said[0], broken.url() + " could not be told of this: it answered 500");
  EXPECT_EQ(broken.received().size(), 1U);
  EXPECT_EQ(works.received().size(), 1U);
}

TEST(Notify, WarnsOfAReceiverThatIsNotThere) {
  Receiver away(200, false);
  const std::vector<std::string> said = told(away.url() + "/hooks/secret");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(said[0].starts_with(away.url() + " could not be told of this: ")) << said[0];
  EXPECT_EQ(said[0].find("secret"), std::string::npos) << said[0];
}

TEST(Notify, TriesAgainAfterASecond) {
  Receiver late(200, false);
  std::thread starts([&] {
    std::this_thread::sleep_for(300ms);
    late.listen();
  });
  EXPECT_EQ(told(late.url()), std::vector<std::string>{});
  starts.join();
  EXPECT_EQ(late.received().size(), 1U);
}

TEST(Notify, DoesNotWaitForASlowOneNorTellItTwice) {
  Receiver slow(0);
  const auto began = std::chrono::steady_clock::now();
  const std::vector<std::string> said = told(slow.url());
  const auto took = std::chrono::steady_clock::now() - began;
  ASSERT_EQ(said.size(), 1U);
  EXPECT_GT(took, 4s);
  EXPECT_LT(took, 8s);
  EXPECT_EQ(slow.received().size(), 1U);
}

TEST(Notify, SaysWhyAnAddressIsNotKnown) {
  NotifyConfig unknown = config("", {"rollback"});
  unknown.url_problem = "the environment variable SLACK_WEBHOOK is not set";
  Warnings observer;
  notify({unknown}, Event::rollback_failed, test::example_run(), observer);
  ASSERT_EQ(observer.said.size(), 1U);
  EXPECT_EQ(observer.said[0], "nobody was told of this: the environment variable SLACK_WEBHOOK is not set");
}

}  // namespace
}  // namespace dbrollback::notify
