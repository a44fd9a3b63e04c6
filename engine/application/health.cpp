#include "engine/application/health.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "dbrollback/error.hpp"
#include "engine/application/commands.hpp"
#include "engine/base/http.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::application {

using base::cat;
using base::printable;

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds ask_every{500};
constexpr milliseconds look_every{100};
constexpr milliseconds shortest_wait{1000};
constexpr milliseconds longest_wait{10000};  // for one answer, so that the others are asked, too

struct Asked {
  bool satisfied = false;
  std::string answer;
};

// "checks.0.state"; a name that has dots itself is found, too.
const Json* value_at(const Json& json, std::string_view path) {
  if (path.empty()) {
    return &json;
  }
  if (json.is_object() && json.contains(path)) {
    return &json.at(std::string(path));
  }
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string first(path.substr(0, dot));
  const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
  if (json.is_object() && json.contains(first)) {
    return value_at(json.at(first), rest);
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), index);
  const bool is_index = error == std::errc() && end == first.data() + first.size();
  return json.is_array() && is_index && index < json.size() ? value_at(json.at(index), rest) : nullptr;
}

std::string short_text(const Json& value) {
  constexpr std::size_t most = 100;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > most) {
    text.resize(most);
    text += "…";
  }
  return printable(text);
}

// What is wrong with the answer's JSON; empty: nothing.
std::string wrong_json(const HealthProbe& probe, const std::string& body) {
  if (probe.json.empty()) {
    return {};
  }
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) {
    return "but what it says is no JSON";
  }
  for (const auto& [path, expected] : probe.json) {
    const Json* value = value_at(json, path);
    if (value == nullptr) {
      return cat("but its JSON has no ", printable(path), ", ", printable(expected), " is expected");
    }
    if (*value != Json::parse(expected, nullptr, false)) {
      return cat("but its ", printable(path), " is ", short_text(*value), ", ", printable(expected), " is expected");
    }
  }
  return {};
}

Asked ask_url(const HealthProbe& probe, milliseconds patience, Observer& observer) {
  try {
    const base::HttpAnswer answer =
        base::get({.url = probe.url, .timeout = patience, .tick = [&] { go_on_unless_cancelled(observer); }});
    if (answer.status != probe.status) {
      return {.satisfied = false,
              .answer = cat(printable(probe.name), " answers ", answer.status, ", ", probe.status, " is expected")};
    }
    const std::string wrong = wrong_json(probe, answer.body);
    return {.satisfied = wrong.empty(),
            .answer = cat(printable(probe.name), " answers ", answer.status, wrong.empty() ? "" : ", ", wrong)};
  } catch (const Error& error) {
    if (error.code() == "interrupted") {
      throw;
    }
    return {.satisfied = false, .answer = cat(printable(probe.name), ": ", error.what())};
  }
}

Asked ask(const HealthProbe& probe, milliseconds patience, const Surroundings& here) {
  if (!probe.url_problem.empty()) {
    return {.satisfied = false, .answer = cat(printable(probe.name), " cannot be asked: ", probe.url_problem)};
  }
  if (probe.command.empty()) {
    return ask_url(probe, patience, *here.observer);
  }
  Surroundings with_patience = here;
  with_patience.timeout = patience;
  const Ran ran = run_command(probe.command, with_patience);
  return {.satisfied = ran.succeeded, .answer = cat(printable(probe.name), " ", ran.how)};
}

// A value is one part of a path or of a query, whatever it holds.
std::string in_url(std::string_view value) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    plain.find(c) != std::string_view::npos ? out += c : out += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

HealthProbe for_values(HealthProbe probe, const Values& values) {
  probe.name = with_values(probe.name, values);
  probe.url = with_values(probe.url, values, &in_url);
  for (auto& [path, expected] : probe.json) {
    expected = with_values(expected, values);  // no version has a character that JSON escapes
  }
  return probe;
}

class Waiting {
 public:
  Waiting(const std::vector<HealthProbe>& probes, const Values& values, const Surroundings& here)
      : here_(here), asked_(probes.size()) {
    probes_.reserve(probes.size());
    for (const HealthProbe& each : probes) {
      HealthProbe& probe = probes_.emplace_back(for_values(each, values));
      if (auto command = expanded(each.command, values)) {
        probe.command = std::move(*command);
      } else {
        asked_[probes_.size() - 1] = {.satisfied = true,
                                      .answer = cat(printable(probe.name), " is left out: no mark is kept")};
      }
    }
  }

  // Asks those that are not satisfied yet and have time left. True: there will be no need to do it again.
  [[nodiscard]] bool ask_all() {
    bool is_over = true;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      const HealthProbe& probe = probes_[i];
      if (asked_[i].satisfied || (!asked_[i].answer.empty() && left(probe) <= milliseconds(0))) {
        continue;
      }
      go_on_unless_cancelled(*here_.observer);
      here_.observer->progress(
          {.phase = cat("waiting for ", printable(probe.name)), .done = 0, .total = 0, .unit = ""});
      asked_[i] = ask(probe, std::clamp(left(probe), shortest_wait, longest_wait), here_);
      is_over = is_over && (asked_[i].satisfied || !probe.url_problem.empty() || left(probe) <= milliseconds(0));
    }
    return is_over;
  }

  [[nodiscard]] Health result() const {
    Health health;
    health.answers.reserve(asked_.size());
    for (const Asked& each : asked_) {
      health.healthy = health.healthy && each.satisfied;
      health.answers.push_back((*here_.redactor)(each.answer));
    }
    return health;
  }

 private:
  [[nodiscard]] milliseconds left(const HealthProbe& probe) const {
    return probe.within - std::chrono::duration_cast<milliseconds>(Clock::now() - begun_);
  }

  std::vector<HealthProbe> probes_;
  const Surroundings& here_;
  std::vector<Asked> asked_;
  Clock::time_point begun_ = Clock::now();
};

}  // namespace

Health wait_until_healthy(const std::vector<HealthProbe>& probes, const Values& values, const Redactor& redactor,
                          const std::filesystem::path& folder, Observer& observer) {
  const Surroundings here{.folder = folder, .timeout = longest_wait, .redactor = &redactor, .observer = &observer};
  Waiting waiting(probes, values, here);
  for (auto next = Clock::now() + ask_every; !waiting.ask_all(); next = Clock::now() + ask_every) {
    while (Clock::now() < next) {
      std::this_thread::sleep_for(look_every);
      go_on_unless_cancelled(observer);
    }
  }
  return waiting.result();
}

}  // namespace dbrollback::application
