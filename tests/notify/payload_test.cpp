// What is posted, without posting it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/notify/notify.hpp"
#include "engine/report/clean.hpp"
#include "tests/report/example.hpp"

namespace dbrollback::notify {
namespace {

using nlohmann::json;
using test::example_run;

json json_of(Event event, const Run& run) { return json::parse(payload(NotifyConfig::Format::json, event, run)); }
json slack_of(Event event, const Run& run) { return json::parse(payload(NotifyConfig::Format::slack, event, run)); }

TEST(JsonPayload, SaysWhatHappened) {
  const json got = json_of(Event::rollback_failed, example_run());
  EXPECT_EQ(got["schema_version"], 1);
  EXPECT_EQ(got["event"], "rollback_failed");
  EXPECT_EQ(got["run"], "20261120T233015Z-rollback-7f3a");
  EXPECT_EQ(got["database"], "shop");
  EXPECT_EQ(got["from"], "v1.5.0");
  EXPECT_EQ(got["to"], "v1.4.2");
  EXPECT_EQ(got["exit"], 6);
  EXPECT_EQ(got["error"]["code"], "app_command_failed");
  EXPECT_EQ(got["error"]["next"], "mend what its last lines say, then `dbrollback rollback --resume`");
  EXPECT_EQ(got["started"], "2026-11-20T23:30:15.000000000Z");
  EXPECT_EQ(got["losses"][0]["rows"], 1204);
  EXPECT_EQ(got["losses"][0]["estimated"], true);
  EXPECT_TRUE(got["losses"][2]["rows"].is_null());
}

TEST(JsonPayload, HasNoEndingOfARunThatBegins) {
  dbrollback::Run run = example_run();
  run.finished.reset();
  run.error.reset();
  const json got = json_of(Event::rollback_started, run);
  EXPECT_TRUE(got["finished"].is_null() && got["exit"].is_null() && got["error"].is_null());
  EXPECT_EQ(got["text"], "shop: rollback v1.5.0 → v1.4.2 has begun");
}

TEST(SlackPayload, SaysItAllInItsFirstLine) {
  const json got = slack_of(Event::rollback_failed, example_run());
  EXPECT_EQ(got["text"],
            "shop: rollback v1.5.0 → v1.4.2 failed part way after 62 s: the service web did not start: "
            "`systemctl start shop-web` ended with status 1");
  EXPECT_EQ(got["blocks"][0]["type"], "header");
  EXPECT_EQ(got["blocks"][0]["text"]["text"], "shop: rollback v1.5.0 → v1.4.2 failed part way after 62 s");
  const std::string error = got["blocks"][1]["text"]["text"];
  EXPECT_NE(error.find("*State:* the database is as it was"), std::string::npos) << error;
  EXPECT_NE(error.find("*Next:* mend what"), std::string::npos) << error;
  const std::string losses = got["blocks"][2]["text"]["text"];
  EXPECT_NE(losses.find("• table orders: about 1,204 rows; written"), std::string::npos) << losses;
}

TEST(SlackPayload, SaysWhatADeployCameTo) {
  dbrollback::Run run = example_run();
  run.command = "deploy";
  run.exit = Exit::done;
  run.error.reset();
  run.losses.clear();
  run.facts = {{"to", "v2"}};
  const json got = slack_of(Event::deploy_completed, run);
  EXPECT_EQ(got["text"], "shop: deploy → v2 succeeded in 62 s");
  EXPECT_EQ(got["blocks"].size(), 2U);
  run.exit = Exit::rolled_back;
  EXPECT_EQ(slack_of(Event::deploy_failed, run)["text"], "shop: deploy → v2 failed and was rolled back after 62 s");
}

TEST(SlackPayload, EscapesWhatSlackWouldRead) {
  dbrollback::Run run = example_run();
  run.error->message = "<!channel> & <https://example.org|you> said\nno";
  const std::string text = payload(NotifyConfig::Format::slack, Event::rollback_failed, run);
  EXPECT_EQ(text.find('<'), std::string::npos) << text;
  const json got = json::parse(text);
  const std::string line = got["text"];
  EXPECT_NE(line.find("&lt;!channel&gt; &amp; &lt;https://example.org|you&gt; said no"), std::string::npos) << line;
}

void expect_within_limits(const json& got) {
  const auto fits = [](const json& text, std::size_t limit) {
    const std::string value = text["text"];
    EXPECT_FALSE(value.empty());
    EXPECT_EQ(report::shortened(value, limit), value);
  };
  EXPECT_LE(got["blocks"].size(), 50U);
  for (const json& block : got["blocks"]) {
    if (block["type"] == "header") fits(block["text"], 150);
    if (block["type"] == "section") fits(block["text"], 3000);
    if (block["type"] == "context") fits(block["elements"][0], 3000);
  }
}

TEST(SlackPayload, StaysWithinSlacksLimits) {
  for (const std::string piece : {"word ", "&", "ä", "😀", "\xFF", "<>"}) {
    std::string text;
    while (text.size() < 20'000) text += piece;
    dbrollback::Run run = example_run();
    run.database = text;
    run.error->message = text;
    run.error->state = text;
    run.error->next = text;
    run.id = text;
    run.losses.assign(200, {.object = text, .rows = 1, .what = text, .estimated = true});
    expect_within_limits(slack_of(Event::rollback_failed, run));
  }
  expect_within_limits(slack_of(Event::rollback_failed, example_run()));
}

TEST(SlackPayload, SaysHowManyLossesItLeavesOut) {
  dbrollback::Run run = example_run();
  run.losses.assign(13, {.object = "table a", .rows = 1, .what = "", .estimated = false});
  const std::string losses = slack_of(Event::rollback_failed, run)["blocks"][2]["text"]["text"];
  EXPECT_NE(losses.find("and 3 more"), std::string::npos) << losses;
}

TEST(Payload, IsJsonWhateverARunHolds) {
  dbrollback::Run run = example_run();
  run.database = std::string("\0\xFF\"\\", 4);
  for (const Event event : {Event::deploy_completed, Event::deploy_failed, Event::rollback_started,
                            Event::rollback_completed, Event::rollback_failed, Event::verify_failed}) {
    EXPECT_FALSE(json_of(event, run)["text"].get<std::string>().empty());
    EXPECT_FALSE(slack_of(event, run)["text"].get<std::string>().empty());
  }
}

}  // namespace
}  // namespace dbrollback::notify
