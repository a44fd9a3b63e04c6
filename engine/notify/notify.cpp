#include "engine/notify/notify.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/http.hpp"
#include "engine/base/text.hpp"
#include "engine/notify/payload.hpp"
#include "engine/report/headline.hpp"

namespace dbrollback::notify {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds patience = 5s;  // for a receiver, both tries together
constexpr std::chrono::milliseconds pause = 1s;

// One who wants to know of deploys hears of those that fail, too. A database that is ready is no deploy yet.
bool wants(const NotifyConfig& receiver, Event event, const Run& run) {
  const auto asked = [&](const char* word) { return std::ranges::find(receiver.on, word) != receiver.on.end(); };
  switch (event) {
    case Event::deploy_completed:
      return asked("deploy") && !report::is_of_database_alone(run);
    case Event::deploy_failed:
      return asked("deploy") || asked("deploy_failed");
    case Event::rollback_started:
    case Event::rollback_completed:
    case Event::rollback_failed:
      return asked("rollback");
    case Event::verify_failed:
      return asked("verify_failed");
  }
  return false;
}

int status_of(const std::string& url, const std::string& body, std::chrono::milliseconds timeout) {
  return base::post({.url = url, .timeout = timeout}, "application/json", body).status;
}

// A server that restarts is there again in a second. One that was slow may have taken the message: it is not told
// twice.
int deliver(const std::string& url, const std::string& body) {
  const Clock::time_point began = Clock::now();
  try {
    return status_of(url, body, patience);
  } catch (const Error&) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(began + patience - pause - Clock::now());
    if (left < pause) throw;
    std::this_thread::sleep_for(pause);
    return status_of(url, body, left);
  }
}

// Why it did not arrive; empty: it did.
std::string problem_of_delivery(const std::string& url, const std::string& body) {
  try {
    const int status = deliver(url, body);
    return status >= 200 && status < 300 ? "" : base::cat("it answered ", status);
  } catch (const Error& error) {
    return base::problem_of(error);
  }
}

void tell(const NotifyConfig& receiver, Event event, const Run& run, Observer& observer) {
  if (!receiver.url_problem.empty()) {
    observer.warning(base::cat("nobody was told of this: ", receiver.url_problem));
    return;
  }
  const std::string problem = problem_of_delivery(receiver.url, payload(receiver.format, event, run));
  if (problem.empty()) return;
  // The path of a webhook is a secret.
  observer.warning(base::cat(base::shown_server(receiver.url), " could not be told of this: ", problem));
}

}  // namespace

std::string payload(NotifyConfig::Format format, Event event, const Run& run) {
  return format == NotifyConfig::Format::slack ? slack_payload(event, run) : json_payload(event, run);
}

void notify(const std::vector<NotifyConfig>& receivers, Event event, const Run& run, Observer& observer) noexcept {
  for (const NotifyConfig& receiver : receivers) {
    try {
      if (wants(receiver, event, run)) tell(receiver, event, run, observer);
    } catch (const std::exception&) {
      observer.warning("a message could not be sent");
    }
  }
}

}  // namespace dbrollback::notify
