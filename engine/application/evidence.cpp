// Evidence of what went wrong, collected before anything is put right.
#include "dbrollback/error.hpp"
#include "engine/application/application.hpp"
#include "engine/application/commands.hpp"
#include "engine/base/http.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::application {

using base::cat;

namespace {

constexpr std::size_t most_evidence = 64U << 10U;  // of each source
constexpr std::size_t most_answer = 4 * most_evidence;

void take_output(const CommandLine& source, const Values& values, const Surroundings& here, RunEvidence& evidence) {
  evidence.source = shown(source, *here.redactor);
  const auto command = expanded(source, values);
  if (!command) {
    evidence.problem = "it takes a mark, and none is kept";
    return;
  }
  evidence.source = shown(*command, *here.redactor);
  Ran ran = run_command(*command, here);
  evidence.text = std::move(ran.said);
  evidence.problem = ran.succeeded ? std::string() : std::move(ran.how);
}

void take_answer(const EvidenceSource& source, const Surroundings& here, RunEvidence& evidence) {
  evidence.source = source.url.empty() ? "a URL" : base::shown_url(source.url);
  if (!source.url_problem.empty()) {
    evidence.problem = source.url_problem;
    return;
  }
  base::HttpAnswer answer =
      base::get({.url = source.url, .timeout = here.timeout, .most_body = most_answer, .tick = [&] {
                   go_on_unless_cancelled(*here.observer);
                 }});
  if (answer.is_cut) {
    answer.body.resize(most_evidence);  // far from where it was cut, which may have halved a secret
    answer.body += "\n[more left out]";
  }
  evidence.text = presentable(std::move(answer.body), *here.redactor, most_evidence);
  constexpr int first_success = 200;
  constexpr int first_other = 300;
  if (answer.status < first_success || answer.status >= first_other) {
    evidence.problem = cat("it answers ", answer.status);
  }
}

}  // namespace

std::vector<RunEvidence> Application::collect_evidence(const Values& values) const {
  const Surroundings here = surroundings_of(*config_, redactor_, *observer_);
  std::vector<RunEvidence> all;
  all.reserve(config_->evidence.size());
  for (const EvidenceSource& source : config_->evidence) {
    go_on_unless_cancelled(*observer_);
    RunEvidence evidence;
    evidence.at = base::now();
    try {
      source.command.empty() ? take_answer(source, here, evidence)
                             : take_output(source.command, values, here, evidence);
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      evidence.problem = redactor_(error.what());
    }
    all.push_back(std::move(evidence));
  }
  return all;
}

}  // namespace dbrollback::application
