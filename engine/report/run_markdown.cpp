// A report as GitHub reads Markdown, for an issue or a wiki.
#include <algorithm>
#include <cctype>
#include <string>

#include "engine/base/text.hpp"
#include "engine/report/clean.hpp"
#include "engine/report/run_report.hpp"

namespace dbrollback::report {

namespace {

bool is_word(char each) { return std::isalnum(static_cast<unsigned char>(each)) != 0; }

// A mark of a list or of a heading, at the beginning: "- ", "+ ", "1. ", "2) ", "=".
std::size_t mark_length(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits > 0) return digits < text.size() && (text[digits] == '.' || text[digits] == ')') ? digits + 1 : 0;
  return !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == '=') ? 1 : 0;
}

// One line that shows `text` as it is.
std::string inline_text(std::string_view text) {
  const std::size_t blank = text.find_first_not_of(' ');
  text.remove_prefix(blank == std::string_view::npos ? text.size() : blank);
  const std::size_t mark = mark_length(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Within a word GitHub takes it for what it is, and names are full of it.
    const bool within = text[i] == '_' && i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    const bool special = std::string_view(R"(\`*_[]<>|~#&$@)").find(text[i]) != std::string_view::npos;
    if ((special && !within) || i + 1 == mark) out += '\\';
    out += text[i];
  }
  return out;
}

void markdown_section(std::string& out, std::string_view title) { out += base::cat("\n## ", title, "\n\n"); }

void markdown_facts(std::string& out, const std::vector<RunReport::Fact>& facts) {
  out += "| | |\n|---|---|\n";
  for (const auto& fact : facts) {
    std::string values;
    for (const std::string& value : fact.values) {
      values += base::cat(values.empty() ? "" : "<br>", inline_text(value));
    }
    out += base::cat("| **", inline_text(fact.label), "** | ", values, " |\n");
  }
}

void markdown_timeline(std::string& out, const std::vector<RunReport::Moment>& moments) {
  out += "| Time | Since | Step | Took | Outcome |\n|---|--:|---|--:|---|\n";
  for (const auto& moment : moments) {
    std::string step = inline_text(moment.title);
    for (const std::string& detail : moment.details) {
      step += base::cat("<br>", inline_text(detail));
    }
    const bool failed = moment.state == RunStep::State::failed;
    out += base::cat("| ", moment.time, " | ", moment.after, " | ", step, " | ", moment.took, " | ",
                     failed ? "**failed**" : moment.outcome, " |\n");
  }
}

void markdown_losses(std::string& out, const RunReport& report) {
  out += base::cat(inline_text(report.impact), "\n");
  if (report.losses.empty()) return;
  out += "\n| Object | Rows | Known | What |\n|---|--:|---|---|\n";
  for (const auto& loss : report.losses) {
    out += base::cat("| ", inline_text(loss.object), " | ", loss.rows, " | ", loss.known, " | ", inline_text(loss.what),
                     " |\n");
  }
}

// A fence that nothing within ends.
std::string fence_for(std::string_view text) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char each : text) {
    run = each == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  std::string out(longest + 1, '`');
  return out;
}

void markdown_evidence(std::string& out, const RunReport::Evidence& evidence) {
  // The summary stands in a block of HTML, where Markdown's own escapes mean nothing.
  out += base::cat("<details>\n<summary><code>", html_escaped(evidence.source), "</code>, ", evidence.time,
                   "</summary>\n\n");
  if (!evidence.problem.empty()) out += base::cat(inline_text(evidence.problem), "\n\n");
  if (!evidence.text.empty()) {
    const std::string fence = fence_for(evidence.text);
    out += base::cat(fence, "text\n", evidence.text, "\n", fence, "\n\n");
  }
  out += "</details>\n";
}

void markdown_blanks(std::string& out, const RunReport& report) {
  if (report.blanks.empty()) return;
  for (const auto& blank : report.blanks) {
    markdown_section(out, blank.title);
    out += base::cat("_", blank.hint, "_\n");
  }
  markdown_section(out, "Follow-ups");
  out += "|";
  for (const char* column : follow_up_columns) {
    out += base::cat(" ", column, " |");
  }
  out += "\n|---|---|---|\n";
  for (int row = 0; row < follow_up_rows; ++row) {
    out += "| | | |\n";
  }
}

}  // namespace

std::string to_markdown(const RunReport& report) {
  std::string out = base::cat("# ", report.kind, "\n\n**", inline_text(report.headline), "**\n");
  if (!report.error.empty()) {
    out += "\n";
    markdown_facts(out, report.error);
  }
  markdown_section(out, "Facts");
  markdown_facts(out, report.facts);
  if (!report.timeline.empty()) {
    markdown_section(out, "Timeline");
    markdown_timeline(out, report.timeline);
  }
  if (!report.impact.empty()) {
    markdown_section(out, "Data impact");
    markdown_losses(out, report);
  }
  if (!report.verification.empty()) markdown_section(out, "Verification");
  for (const std::string& sentence : report.verification) {
    out += base::cat("- ", inline_text(sentence), "\n");
  }
  if (!report.evidence.empty()) markdown_section(out, "Evidence");
  for (const auto& evidence : report.evidence) {
    if (&evidence != &report.evidence.front()) out += "\n";
    markdown_evidence(out, evidence);
  }
  markdown_blanks(out, report);
  return out += base::cat("\n", inline_text(report.origin), "\n");
}

}  // namespace dbrollback::report
