// A report for a terminal.
#include <algorithm>
#include <string>

#include "engine/base/text.hpp"
#include "engine/report/run_report.hpp"

namespace dbrollback::report {

namespace {

void text_section(std::string& out, std::string_view title) { out += base::cat("\n", title, "\n"); }

// Labels are ours, or names of facts: a byte is a column but for those that nobody should give to a fact.
void text_facts(std::string& out, const std::vector<RunReport::Fact>& facts) {
  std::size_t width = 0;
  for (const auto& fact : facts) {
    width = std::max(width, fact.label.size());
  }
  for (const auto& fact : facts) {
    std::string label = fact.label;
    for (const std::string& value : fact.values) {
      label.resize(width, ' ');
      out += base::cat("  ", label, "  ", value, "\n");
      label.clear();
    }
  }
}

void text_timeline(std::string& out, const std::vector<RunReport::Moment>& moments) {
  std::size_t clock = 0;
  std::size_t outcome = 0;
  for (const auto& moment : moments) {
    clock = std::max(clock, moment.time.size());
    outcome = std::max(outcome, moment.outcome.size());
  }
  for (const auto& moment : moments) {
    std::string line = moment.time;
    line.resize(clock + 2, ' ');
    line += moment.outcome;
    line.resize(clock + 2 + outcome + 2, ' ');
    line += moment.title;
    if (!moment.took.empty()) line += base::cat(" (", moment.took, ")");
    out += base::cat("  ", line, "\n");
    const std::string indent(clock + outcome + 8, ' ');
    for (const std::string& detail : moment.details) {
      out += base::cat(indent, detail, "\n");
    }
  }
}

void text_losses(std::string& out, const RunReport& report) {
  out += base::cat("  ", report.impact, "\n");
  for (const auto& loss : report.losses) {
    const std::string how = loss.known.empty() ? loss.rows : base::cat(loss.rows, ", ", loss.known);
    out += base::cat("  - ", loss.object, ": ", how, loss.what.empty() ? "" : "; ", loss.what, "\n");
  }
}

void text_evidence(std::string& out, const RunReport::Evidence& evidence) {
  out += base::cat("  ", evidence.time, "  ", evidence.source, "\n");
  if (!evidence.problem.empty()) out += base::cat("    (", evidence.problem, ")\n");
  for (std::size_t begin = 0; begin < evidence.text.size();) {
    const std::size_t end = std::min(evidence.text.find('\n', begin), evidence.text.size());
    out += base::cat("  | ", std::string_view(evidence.text).substr(begin, end - begin), "\n");
    begin = end + 1;
  }
}

}  // namespace

std::string to_text(const RunReport& report) {
  std::string out = base::cat(report.headline, "\n");
  text_facts(out, report.error);
  text_section(out, "Facts");
  text_facts(out, report.facts);
  if (!report.timeline.empty()) {
    text_section(out, "Timeline");
    text_timeline(out, report.timeline);
  }
  if (!report.impact.empty()) {
    text_section(out, "Data impact");
    text_losses(out, report);
  }
  if (!report.verification.empty()) text_section(out, "Verification");
  for (const std::string& sentence : report.verification) {
    out += base::cat("  - ", sentence, "\n");
  }
  if (!report.evidence.empty()) text_section(out, "Evidence");
  for (const auto& evidence : report.evidence) {
    text_evidence(out, evidence);
  }
  return out += base::cat("\n", report.origin, "\n");
}

}  // namespace dbrollback::report
