// A report as one page of HTML that needs nothing else: no script, no other file, and a policy that would let none in.
// What people fill in can be typed into the page itself.
#include <string>

#include "engine/base/text.hpp"
#include "engine/report/clean.hpp"
#include "engine/report/html_style.hpp"
#include "engine/report/run_report.hpp"

namespace dbrollback::report {

namespace {

void html_section(std::string& out, std::string_view title) {
  out += base::cat("<h2>", html_escaped(title), "</h2>\n");
}

void html_facts(std::string& out, const std::vector<RunReport::Fact>& facts) {
  out += "<dl>\n";
  for (const auto& fact : facts) {
    out += base::cat("<dt>", html_escaped(fact.label), "</dt>");
    for (const std::string& value : fact.values) {
      out += base::cat("<dd>", html_escaped(value), "</dd>");
    }
    out += "\n";
  }
  out += "</dl>\n";
}

const char* class_of(RunStep::State state) {
  constexpr const char* names[] = {"pending", "running", "done", "skipped", "failed"};
  return names[static_cast<int>(state)];
}

void html_moment(std::string& out, const RunReport::Moment& moment) {
  out += base::cat("<li><div class=\"when\">", moment.time, "<span>", moment.after,
                   "</span></div><div><div class=\"title\">", html_escaped(moment.title), "</div>");
  if (!moment.details.empty()) out += "<ul>";
  for (const std::string& detail : moment.details) {
    out += base::cat("<li>", html_escaped(detail), "</li>");
  }
  if (!moment.details.empty()) out += "</ul>";
  out += base::cat("</div><div class=\"took\"><span class=\"state ", class_of(moment.state), "\">", moment.outcome,
                   "</span>", moment.took, "</div></li>\n");
}

void html_losses(std::string& out, const RunReport& report) {
  out += base::cat("<p>", html_escaped(report.impact), "</p>\n");
  if (report.losses.empty()) return;
  out +=
      "<table class=\"losses\">\n<thead><tr><th>Object</th><th class=\"number\">Rows</th><th>Known</th><th>What</th>"
      "</tr></thead>\n<tbody>\n";
  for (const auto& loss : report.losses) {
    // On a phone the cells stand one below the other, and there is no head that says what the number is of.
    const char* const unit = loss.known.empty() ? "" : " rows";
    out += base::cat("<tr><td>", html_escaped(loss.object), "</td><td class=\"number", unit, "\">", loss.rows,
                     "</td><td class=\"known\">", loss.known, "</td><td>", html_escaped(loss.what), "</td></tr>\n");
  }
  out += "</tbody>\n</table>\n";
}

void html_evidence(std::string& out, const RunReport::Evidence& evidence) {
  out += base::cat("<details>\n<summary><code>", html_escaped(evidence.source), "</code><span>", evidence.time,
                   "</span></summary>\n");
  if (!evidence.problem.empty()) out += base::cat("<p>", html_escaped(evidence.problem), "</p>\n");
  // A first line end within <pre> would be dropped.
  if (!evidence.text.empty()) out += base::cat("<pre>\n", html_escaped(evidence.text), "</pre>\n");
  out += "</details>\n";
}

void html_blanks(std::string& out, const RunReport& report) {
  if (report.blanks.empty()) return;
  for (const auto& blank : report.blanks) {
    out += "<section class=\"blank-section\">\n";
    html_section(out, blank.title);
    out += base::cat("<p class=\"soft\">", html_escaped(blank.hint),
                     "</p>\n<div class=\"blank\" contenteditable=\"true\" role=\"textbox\" aria-multiline=\"true\" "
                     "aria-label=\"",
                     html_escaped(blank.title), "\"></div>\n</section>\n");
  }
  out += "<section class=\"blank-section\">\n";
  html_section(out, "Follow-ups");
  out += "<table class=\"follow-ups\">\n<thead><tr>";
  for (const char* column : follow_up_columns) {
    out += base::cat("<th>", column, "</th>");
  }
  out += "</tr></thead>\n<tbody>\n";
  for (int row = 0; row < follow_up_rows; ++row) {
    out += "<tr>";
    for (const char* column : follow_up_columns) {
      out += base::cat("<td contenteditable=\"true\" aria-label=\"", column, "\"></td>");
    }
    out += "</tr>\n";
  }
  out +=
      "</tbody>\n</table>\n</section>\n<p class=\"soft hint\">The dashed fields can be typed into; then save the page, "
      "or "
      "print it.</p>\n";
}

std::string html_head(const RunReport& report) {
  return base::cat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      html_escaped(report.headline), "</title>\n<style>", html_style, "</style>\n</head>\n");
}

void html_summary(std::string& out, const RunReport& report) {
  out += base::cat("<p class=\"kind\">", report.kind, "</p>\n<h1>", html_escaped(report.headline), "</h1>\n");
  if (!report.error.empty()) {
    out += "<div class=\"error\">\n";
    html_facts(out, report.error);
    out += "</div>\n";
  }
  html_section(out, "Facts");
  html_facts(out, report.facts);
}

void html_verification(std::string& out, const std::vector<std::string>& sentences) {
  html_section(out, "Verification");
  out += "<ul class=\"verified\">\n";
  for (const std::string& sentence : sentences) {
    out += base::cat("<li>", html_escaped(sentence), "</li>\n");
  }
  out += "</ul>\n";
}

}  // namespace

std::string to_html(const RunReport& report) {
  constexpr const char* tones[] = {"good", "bad", "undecided"};
  std::string out = html_head(report);
  out += base::cat("<body>\n<main class=\"", tones[static_cast<int>(report.tone)], "\">\n");
  html_summary(out, report);
  if (!report.timeline.empty()) {
    html_section(out, "Timeline");
    out += "<ol class=\"timeline\">\n";
    for (const auto& moment : report.timeline) {
      html_moment(out, moment);
    }
    out += "</ol>\n";
  }
  if (!report.impact.empty()) {
    html_section(out, "Data impact");
    html_losses(out, report);
  }
  if (!report.verification.empty()) html_verification(out, report.verification);
  if (!report.evidence.empty()) html_section(out, "Evidence");
  for (const auto& evidence : report.evidence) {
    html_evidence(out, evidence);
  }
  html_blanks(out, report);
  return out += base::cat("<footer>", html_escaped(report.origin), "</footer>\n</main>\n</body>\n</html>\n");
}

}  // namespace dbrollback::report
