// The HTTP client against a real server, and what it shows of URLs.
#include "engine/base/http.hpp"

#include <stdexcept>

#include "tests/support/http_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using test::HttpServer;

TEST(Http, GetsAStatusAndABody) {
  const HttpServer server([](const std::string&) { return HttpServer::Reply{.status = 503, .body = "down"}; });
  ASSERT_TRUE(server.works());
  const HttpAnswer answer = get({.url = server.url("/health?full=1")});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "down");
  EXPECT_FALSE(answer.is_cut);
  EXPECT_TRUE(server.requests().at(0).starts_with("GET /health?full=1 HTTP/1.1\r\n"));
}

TEST(Http, PostsABody) {
  const HttpServer server([](const std::string&) { return HttpServer::Reply{.status = 204}; });
  const std::string body = "{\"text\": \"a\\u0000b\"}";
  EXPECT_EQ(post({.url = server.url("/hook")}, "application/json", body).status, 204);
  const std::string request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /hook HTTP/1.1\r\n"));
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\n" + body));
}

TEST(Http, ReadsNoMoreThanIsWanted) {
  const HttpServer server([](const std::string&) { return HttpServer::Reply{.body = std::string(5'000'000, 'x')}; });
  const HttpAnswer answer = get({.url = server.url(), .most_body = 1000});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 1000U);
  EXPECT_TRUE(answer.is_cut);
}

TEST(Http, FollowsNoRedirect) {
  const HttpServer server([](const std::string&) {
    return HttpServer::Reply{.status = 302, .headers = "Location: file:///etc/passwd\r\n"};
  });
  EXPECT_EQ(get({.url = server.url()}).status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Http, GivesUpWhenThereIsNoAnswerInTime) {
  const HttpServer server([](const std::string&) { return HttpServer::Reply{.delay = 20s}; });
  const auto begun = std::chrono::steady_clock::now();
  const ErrorInfo info = error_of([&] { (void)get({.url = server.url("/secret?token=t"), .timeout = 200ms}); });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  EXPECT_EQ(info.code, "http_failed");
  EXPECT_EQ(info.message, server.url("") + ": no answer within 200 ms");
}

TEST(Http, IsGivenUpByItsCaller) {
  const HttpServer server([](const std::string&) { return HttpServer::Reply{.delay = 20s}; });
  EXPECT_THROW((void)get({.url = server.url(), .timeout = 20s, .tick = [] { throw std::runtime_error("enough"); }}),
               std::runtime_error);
}

TEST(Http, NoServerIsAnErrorThatNamesNoSecret) {
  const ErrorInfo info =
      error_of([] { (void)get({.url = "http://probe:hunter2@127.0.0.1:1/services/T/B?token=hunter3"}); });
  EXPECT_EQ(info.message, "http://127.0.0.1:1: no answer: Couldn't connect to server");
  EXPECT_EQ(error_of([] { (void)get({.url = "file:///etc/passwd"}); }).message,
            "file://: this is no http:// or https:// URL");
}

TEST(Http, ShowsOfAUrlWhatIsNoSecret) {
  EXPECT_EQ(shown_url("https://me:pw@shop.example:8443/health?token=x#y"), "https://shop.example:8443/health");
  EXPECT_EQ(shown_url("https://shop.example/u@x?token=a@b"), "https://shop.example/u@x");
  EXPECT_EQ(shown_url("https://me:p/w@shop.example/"), "https://…");
  EXPECT_EQ(shown_server("https://hooks.slack.com/services/T/B/secret"), "https://hooks.slack.com");
}

}  // namespace
}  // namespace dbrollback::base
