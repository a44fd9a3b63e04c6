#include "engine/report/run_report.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/report/clean.hpp"
#include "engine/report/run_facts.hpp"

namespace dbrollback::report {

namespace {

std::chrono::milliseconds between(Time from, Time to) {
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(to - from), std::chrono::milliseconds(0));
}

// Without the day where that is the run's own.
std::string clock_of(const Run& run, Time time, const std::string& timezone) {
  constexpr std::size_t day = 10;
  std::string local = base::to_local(timezone, time);
  const bool same = base::to_local(timezone, run.started).compare(0, day, local, 0, day) == 0;
  return same ? local.substr(day + 1) : local;
}

std::string outcome_word(const Run& run, RunStep::State state) {
  switch (state) {
    case RunStep::State::pending:
      return run.finished ? "not reached" : "to come";
    case RunStep::State::running:
      return run.finished ? "broken off" : "under way";
    case RunStep::State::done:
      return "done";
    case RunStep::State::skipped:
      return "skipped";
    case RunStep::State::failed:
      return "failed";
  }
  return {};
}

std::vector<std::string> clean_lines(const std::vector<std::string>& lines) {
  std::vector<std::string> out(lines.size());
  std::ranges::transform(lines, out.begin(), clean_line);
  return out;
}

RunReport::Moment moment_of(const Run& run, const RunStep& step, const std::string& timezone) {
  RunReport::Moment out;
  out.state = step.state;
  if (step.started) {
    out.time = clock_of(run, *step.started, timezone);
    const auto after = between(run.started, *step.started);
    out.after = after.count() == 0 ? "+0 s" : base::cat("+", base::human_duration(after));
    if (step.finished) out.took = base::human_duration(between(*step.started, *step.finished));
  }
  out.outcome = outcome_word(run, step.state);
  out.title = clean_line(step.title.empty() ? step.name : step.title);
  out.details = clean_lines(step.details);
  return out;
}

RunReport::Loss loss_of(const RunLoss& loss) {
  RunReport::Loss out;
  out.object = clean_line(loss.object);
  out.what = clean_line(loss.what);
  out.rows = "not known";
  if (loss.rows) out.rows = base::cat(loss.estimated ? "about " : "", grouped(*loss.rows));
  if (loss.rows) out.known = loss.estimated ? "estimated" : "counted";
  return out;
}

bool is_incident(const Run& run) {
  return run.command == "rollback" || (run.command == "deploy" && tone_of(run) != Tone::good);
}

std::string impact_of(const Run& run) {
  if (run.losses.empty()) return is_incident(run) ? "The record of this run names nothing that was lost." : "";
  std::uint64_t rows = 0;
  std::uint64_t counted = 0;
  bool estimated = false;
  for (const RunLoss& loss : run.losses) {
    rows += loss.rows.value_or(0);
    counted += loss.rows ? 1U : 0U;
    estimated = estimated || (loss.rows && loss.estimated);
  }
  const std::uint64_t others = run.losses.size() - counted;
  if (counted == 0) return base::cat(base::plural(others, "object"), ", of which nobody counted rows.");
  std::string out = base::cat(estimated ? "About " : "", grouped(rows), rows == 1 ? " row of " : " rows of ",
                              base::plural(counted, "object"), estimated ? ", partly by an estimate" : ", counted");
  if (others > 0) out += base::cat("; and ", base::plural(others, "object"), " more, of which nobody counted rows");
  return out + ".";
}

std::vector<RunReport::Fact> error_of(const Run& run) {
  std::vector<RunReport::Fact> out;
  if (!run.error) return out;
  const ErrorInfo& error = *run.error;
  for (const auto& [label, text] :
       {std::pair{"Object", &error.object}, {"State", &error.state}, {"Next", &error.next}, {"Code", &error.code}}) {
    if (!text->empty()) out.push_back({label, {clean_line(*text)}});
  }
  return out;
}

std::vector<RunReport::Blank> blanks_of(const Run& run) {
  if (run.command != "deploy" && run.command != "rollback") return {};
  return {{"Impact on users", "Who noticed what, from when to when, and how many of them?"},
          {"Root cause", "What made it possible, not only what set it off?"},
          {"What went well", "What kept it from being worse?"},
          {"What went badly", "What cost time, or was luck?"}};
}

}  // namespace

RunReport report_of(const Run& run, const std::string& timezone) {
  RunReport out;
  out.kind = is_incident(run) ? "Incident report" : "Report";
  out.headline = headline_of(run);
  out.tone = tone_of(run);
  out.error = error_of(run);
  out.facts = facts_of(run, timezone);
  out.timeline.reserve(run.steps.size());
  for (const RunStep& step : run.steps) {
    out.timeline.push_back(moment_of(run, step, timezone));
  }
  out.impact = impact_of(run);
  out.losses.reserve(run.losses.size());
  for (const RunLoss& loss : run.losses) {
    out.losses.push_back(loss_of(loss));
  }
  out.verification = clean_lines(run.verification);
  out.evidence.reserve(run.evidence.size());
  for (const RunEvidence& each : run.evidence) {
    const std::string problem = each.text.empty() && each.problem.empty() ? "said nothing" : each.problem;
    out.evidence.push_back(
        {clean_line(each.source), clock_of(run, each.at, timezone), clean_text(each.text), clean_line(problem)});
  }
  out.blanks = blanks_of(run);
  out.origin = base::cat("Run ", clean_line(run.id), ", recorded by dbrollback ", clean_line(run.tool_version),
                         "; times in ", timezone, ".");
  return out;
}

}  // namespace dbrollback::report
