// The one file that knows libcurl.
#include "engine/base/http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr int tick_every_ms = 100;

[[noreturn]] void fail_http(const HttpRequest& request, std::string_view why) {
  fail({.code = "http_failed",
        .exit = Exit::failed,
        .message = cat(shown_server(request.url), ": ", why),
        .object = shown_server(request.url),
        .state = {},
        .next = "look whether the server is there and its address is right"});
}

// libcurl's own text may repeat pieces of the URL, which may be secret: only its general words for an error are shown.
std::string why_failed(const HttpRequest& request, CURLcode code) {
  return code == CURLE_OPERATION_TIMEDOUT ? cat("no answer within ", human_duration(request.timeout))
                                          : cat("no answer: ", curl_easy_strerror(code));
}

void start_library() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, whatever the thread
  if (started != CURLE_OK) {
    fail({.code = "http_failed",
          .exit = Exit::failed,
          .message = cat("libcurl cannot be used: ", curl_easy_strerror(started)),
          .object = "libcurl",
          .state = {},
          .next = {}});
  }
}

struct Taken {
  HttpAnswer answer;
  std::size_t most = 0;
};

std::size_t take(const char* bytes, std::size_t one, std::size_t count, void* into) {
  auto& taken = *static_cast<Taken*>(into);
  const std::size_t size = one * count;
  const std::size_t room = taken.most - taken.answer.body.size();
  taken.answer.body.append(bytes, std::min(size, room));
  taken.answer.is_cut = size > room;
  return taken.answer.is_cut ? 0 : size;
}

// Options of one type each, so that a value of another one is a mistake of the compiler's.
void set(const Easy& easy, CURLoption option, const char* text) { curl_easy_setopt(easy.get(), option, text); }
void set(const Easy& easy, CURLoption option, long number) { curl_easy_setopt(easy.get(), option, number); }

void prepare(const Easy& easy, const HttpRequest& request, Taken& taken) {
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request.timeout.count(), 1)));
  set(easy, CURLOPT_USERAGENT, "dbrollback");
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, static_cast<void*>(&taken));
}

// The multi interface, since it returns often enough to be asked whether to go on.
CURLcode perform(const Easy& easy, const HttpRequest& request) {
  const Multi multi(curl_multi_init(), &curl_multi_cleanup);
  if (!multi || curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) {
    fail_http(request, "out of memory");
  }
  const std::unique_ptr<CURL, std::function<void(CURL*)>> added(
      easy.get(), [&](CURL* handle) { curl_multi_remove_handle(multi.get(), handle); });
  int running = 1;
  while (running > 0) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) {
      fail_http(request, "the transfer broke");
    }
    if (running > 0) {
      curl_multi_poll(multi.get(), nullptr, 0, tick_every_ms, nullptr);
      if (request.tick) {
        request.tick();
      }
    }
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi.get(), &left);
  return message == nullptr ? CURLE_RECV_ERROR : message->data.result;
}

HttpAnswer answer_to(const HttpRequest& request, const std::function<void(const Easy&)>& add) {
  if (!is_http_url(request.url)) {
    fail_http(request, "this is no http:// or https:// URL");
  }
  start_library();
  const Easy easy(curl_easy_init(), &curl_easy_cleanup);
  if (!easy) {
    fail_http(request, "out of memory");
  }
  Taken taken{.answer = {}, .most = request.most_body};
  prepare(easy, request, taken);
  add(easy);
  const CURLcode code = perform(easy, request);
  if (code != CURLE_OK && !taken.answer.is_cut) {
    fail_http(request, why_failed(request, code));
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  taken.answer.status = static_cast<int>(status);
  return std::move(taken.answer);
}

std::string_view scheme_in(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string_view() : url.substr(0, end);
}

constexpr std::string_view after_authority = "/?#";

// "host:8080/path". A password may hold '/' where somebody forgot to encode it: "user:pass/word@host" is not shown.
std::string_view after_user(std::string_view url) {
  const std::string_view scheme = scheme_in(url);
  url.remove_prefix(scheme.empty() ? 0 : scheme.size() + 3);
  const std::string_view authority = url.substr(0, url.find_first_of(after_authority));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    return url.substr(at + 1);
  }
  const bool doubtful = authority.find(':') != std::string_view::npos && url.find('@') != std::string_view::npos;
  return doubtful ? std::string_view("…") : url;
}

}  // namespace

HttpAnswer get(const HttpRequest& request) {
  return answer_to(request, [](const Easy&) {});
}

HttpAnswer post(const HttpRequest& request, std::string_view content_type, std::string_view body) {
  const Headers headers(curl_slist_append(nullptr, cat("Content-Type: ", content_type).c_str()), &curl_slist_free_all);
  return answer_to(request, [&](const Easy& easy) {
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, static_cast<const void*>(body.data()));
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  });
}

std::string shown_url(std::string_view url) {
  const std::string_view rest = after_user(url);
  return printable(cat(scheme_in(url), "://", rest.substr(0, rest.find_first_of("?#"))));
}

std::string shown_server(std::string_view url) {
  const std::string_view rest = after_user(url);
  return printable(cat(scheme_in(url), "://", rest.substr(0, rest.find_first_of(after_authority))));
}

bool is_http_url(std::string_view url) {
  std::string scheme(scheme_in(url));
  std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return (scheme == "http" || scheme == "https") && url.size() > scheme.size() + 3;
}

}  // namespace dbrollback::base
