// Asking and telling others over HTTP: the one client. Redirects are not followed (their status is the answer), nothing
// is remembered from one call to the next, certificates are verified, and proxies are those of the environment.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace dbrollback::base {

struct HttpRequest {
  std::string url;  // http:// or https://; neither it nor a piece of its path gets into an Error
  std::chrono::milliseconds timeout{5000};  // for all of it
  std::size_t most_body = 1U << 20U;        // of the answer; what is more is not read
  // Asked about ten times a second; throws to give up.
  std::function<void()> tick{};
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  bool is_cut = false;  // there was more
};

// Throw Error "http_failed" (Exit::failed) where there is no answer, naming the server, and what `tick` throws. Any
// thread.
[[nodiscard]] HttpAnswer get(const HttpRequest& request);
[[nodiscard]] HttpAnswer post(const HttpRequest& request, std::string_view content_type, std::string_view body);

// For people: without user, password, query and fragment.
[[nodiscard]] std::string shown_url(std::string_view url);
// Only the scheme, the host and the port, for URLs whose path is a secret.
[[nodiscard]] std::string shown_server(std::string_view url);

[[nodiscard]] bool is_http_url(std::string_view url);

}  // namespace dbrollback::base
