#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/base/document.hpp"
#include "engine/base/text.hpp"
#include "engine/notify/payload.hpp"
#include "engine/notify/words.hpp"
#include "engine/report/clean.hpp"

namespace dbrollback::notify {

using base::Json;

namespace {

// Slack's own, in characters of what is sent.
constexpr std::size_t most_of_header = 150;
constexpr std::size_t most_of_section = 3000;
constexpr std::size_t losses_shown = 10;

// The three characters that mean something to Slack anywhere: links, mentions, entities.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each == '&') {
      out += "&amp;";
    } else if (each == '<') {
      out += "&lt;";
    } else if (each == '>') {
      out += "&gt;";
    } else {
      out += each;
    }
  }
  return out;
}

// Fit for a field of at most `limit` characters, which an escape is never cut in two by.
std::string fitting(std::string_view text, std::size_t limit) {
  constexpr std::size_t longest_escape = 5;
  std::string out = escaped(report::shortened(text, limit));
  if (report::shortened(out, limit) == out) return out;
  return escaped(report::shortened(text, limit / longest_escape));
}

Json section(const std::string& text) {
  // verbatim: nothing in it becomes a link or a mention.
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

// A part of a section: `parts` of them fit into one.
std::string labelled(std::string_view label, const std::string& text, std::size_t parts) {
  return base::cat("*", label, "* ", fitting(report::clean_line(text), most_of_section / parts - label.size() - 4));
}

std::string error_text(const ErrorInfo& error) {
  constexpr std::size_t parts = 3;
  std::vector<std::string> lines{labelled("What happened:", error.message, parts)};
  if (!error.state.empty()) lines.push_back(labelled("State:", error.state, parts));
  if (!error.next.empty()) lines.push_back(labelled("Next:", error.next, parts));
  return base::join(lines, "\n");
}

std::string loss_line(const RunLoss& loss) {
  std::string text = loss.object;
  if (loss.rows) text += base::cat(": ", loss.estimated ? "about " : "", report::grouped(*loss.rows), " rows");
  if (!loss.what.empty()) text += base::cat("; ", loss.what);
  return base::cat("• ", fitting(report::clean_line(text), most_of_section / (losses_shown + 2)));
}

std::string losses_text(const Run& run) {
  std::vector<std::string> lines{"*Data:*"};
  lines.reserve(losses_shown + 2);
  for (const RunLoss& loss : run.losses) {
    if (lines.size() > losses_shown) {
      lines.push_back(base::cat("• and ", run.losses.size() - losses_shown, " more"));
      break;
    }
    lines.push_back(loss_line(loss));
  }
  return base::join(lines, "\n");
}

Json origin_block(const Run& run) {
  const std::string text =
      report::clean_line(base::cat("by ", run.user, " on ", run.host, "; `dbrollback report ", run.id, "` says more"));
  return {
      {"type", "context"},
      {"elements", Json::array({{{"type", "mrkdwn"}, {"text", fitting(text, most_of_section)}, {"verbatim", true}}})}};
}

}  // namespace

std::string slack_payload(Event event, const Run& run) {
  Json blocks = Json::array();
  blocks.push_back(
      {{"type", "header"},
       {"text",
        {{"type", "plain_text"}, {"text", fitting(short_line(event, run), most_of_header)}, {"emoji", false}}}});
  if (run.error) blocks.push_back(section(error_text(*run.error)));
  if (!run.losses.empty()) blocks.push_back(section(losses_text(run)));
  blocks.push_back(origin_block(run));
  // `text` is what a notification shows.
  return base::to_text({{"text", fitting(whole_line(event, run), most_of_section)}, {"blocks", std::move(blocks)}});
}

}  // namespace dbrollback::notify
