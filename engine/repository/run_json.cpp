#include "engine/repository/run_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::repository {

using base::Json;

namespace {

constexpr std::array<const char*, 5> step_states{"pending", "running", "done", "skipped", "failed"};

Json time_or_null(const std::optional<Time>& time) { return time ? Json(base::to_iso(*time)) : Json(); }

// Null, or not there at all, is no time; anything but a time is not ours.
std::optional<Time> time_of(const Json& document, const char* member) {
  const auto found = document.find(member);
  if (found == document.end() || found->is_null()) {
    return std::nullopt;
  }
  const auto time = base::time_from_iso(found->get<std::string>());
  if (!time) {
    throw Json::other_error::create(501, "no time", nullptr);
  }
  return time;
}

Json facts_json(const Run& run) {
  Json facts = Json::object();
  for (const auto& [key, value] : run.facts) {
    if (!facts.contains(key)) {
      facts[key] = value;
    } else if (facts[key].is_array()) {
      facts[key].push_back(value);
    } else {
      facts[key] = {facts[key], value};  // "removed": every snapshot that went
    }
  }
  return facts;
}

void read_facts(const Json& facts, Run& run) {
  for (const auto& [key, value] : facts.items()) {
    if (value.is_array()) {
      for (const Json& each : value) {
        run.facts.emplace_back(key, each.get<std::string>());
      }
    } else {
      run.facts.emplace_back(key, value.get<std::string>());
    }
  }
}

Json run_steps_json(const Run& run) {
  Json out = Json::array();
  for (const RunStep& step : run.steps) {
    out.push_back({{"name", step.name},
                   {"title", step.title},
                   {"state", step_states.at(static_cast<std::size_t>(step.state))},
                   {"started", time_or_null(step.started)},
                   {"finished", time_or_null(step.finished)},
                   {"details", step.details}});
  }
  return out;
}

RunStep step_of(const Json& step) {
  const auto state = std::ranges::find(step_states, step.at("state").get<std::string>());
  if (state == step_states.end()) {
    throw Json::other_error::create(501, "no state of a step", nullptr);
  }
  return {.name = step.value("name", ""),
          .title = step.value("title", ""),
          .state = static_cast<RunStep::State>(state - step_states.begin()),
          .started = time_of(step, "started"),
          .finished = time_of(step, "finished"),
          .details = step.value("details", std::vector<std::string>())};
}

Json losses_json(const Run& run) {
  Json out = Json::array();
  for (const RunLoss& loss : run.losses) {
    out.push_back({{"object", loss.object},
                   {"rows", loss.rows ? Json(*loss.rows) : Json()},
                   {"what", loss.what},
                   {"estimated", loss.estimated}});
  }
  return out;
}

RunLoss loss_of(const Json& loss) {
  const Json rows = loss.value("rows", Json());
  return {.object = loss.value("object", ""),
          .rows = rows.is_null() ? std::nullopt : std::optional(rows.get<std::uint64_t>()),
          .what = loss.value("what", ""),
          .estimated = loss.value("estimated", false)};
}

Json evidence_json(const Run& run) {
  Json out = Json::array();
  for (const RunEvidence& each : run.evidence) {
    out.push_back(
        {{"source", each.source}, {"at", base::to_iso(each.at)}, {"problem", each.problem}, {"text", each.text}});
  }
  return out;
}

RunEvidence evidence_of(const Json& evidence) {
  return {.source = evidence.value("source", ""),
          .text = evidence.value("text", ""),
          .problem = evidence.value("problem", ""),
          .at = time_of(evidence, "at").value_or(Time{})};
}

// A number of another dbrollback's, if not one of these.
Exit exit_of(const Json& number) {
  const auto exit = number.get<int>();
  if (exit < static_cast<int>(Exit::done) || exit > static_cast<int>(Exit::rolled_back)) {
    throw Json::other_error::create(501, "no exit status", nullptr);
  }
  return static_cast<Exit>(exit);
}

ErrorInfo error_of(const Json& error, Exit exit) {
  return {.code = error.value("code", ""),
          .exit = exit,
          .message = error.value("message", ""),
          .object = error.value("object", ""),
          .state = error.value("state", ""),
          .next = error.value("next", "")};
}

template <class Read>
auto read_list(const Json& document, const char* member, Read read) {
  std::vector<decltype(read(document))> out;
  const Json list = document.value(member, Json::array());
  out.reserve(list.size());
  for (const Json& each : list) {
    out.push_back(read(each));
  }
  return out;
}

Run read_run(const Json& document) {
  Run run;
  run.id = document.value("id", "");
  run.command = document.value("command", "");
  run.database = document.value("database", "");
  run.user = document.value("user", "");
  run.host = document.value("host", "");
  run.tool_version = document.value("tool_version", "");
  run.started = time_of(document, "started").value_or(Time{});
  run.finished = time_of(document, "finished");
  run.exit = exit_of(document.value("exit", Json(0)));
  if (document.contains("error")) {
    run.error = error_of(document.at("error"), run.exit);
  }
  read_facts(document.value("facts", Json::object()), run);
  run.steps = read_list(document, "steps", step_of);
  run.losses = read_list(document, "losses", loss_of);
  run.verification = document.value("verification", std::vector<std::string>());
  run.evidence = read_list(document, "evidence", evidence_of);
  return run;
}

}  // namespace

Json to_json(const Run& run) {
  Json document = {{"id", run.id},
                   {"command", run.command},
                   {"database", run.database},
                   {"user", run.user},
                   {"host", run.host},
                   {"tool_version", run.tool_version},
                   {"started", base::to_iso(run.started)},
                   {"finished", time_or_null(run.finished)},
                   {"exit", static_cast<int>(run.exit)},
                   {"facts", facts_json(run)},
                   {"steps", run_steps_json(run)},
                   {"losses", losses_json(run)},
                   {"verification", run.verification},
                   {"evidence", evidence_json(run)}};
  if (run.error) {
    document["error"] = {{"code", run.error->code},
                         {"message", run.error->message},
                         {"object", run.error->object},
                         {"state", run.error->state},
                         {"next", run.error->next}};
  }
  return document;
}

Run run_from_json(const Json& document, const std::string& object) {
  try {
    return read_run(document);
  } catch (const Json::exception&) {
    base::fail({.code = "damaged_document",
                .exit = Exit::damaged,
                .message = base::cat(base::printable(object), " is damaged: a member is of the wrong kind"),
                .object = object,
                .state = "nothing was changed",
                .next = "move this file away, then run this command again"});
  }
}

}  // namespace dbrollback::repository
