#include "engine/notify/words.hpp"

#include "engine/base/text.hpp"
#include "engine/report/clean.hpp"
#include "engine/report/headline.hpp"

namespace dbrollback::notify {

namespace {

std::string versions_of(const Run& run) {
  const std::string from = report::clean_line(run.fact("from"));
  const std::string to = report::clean_line(run.fact("to"));
  if (from.empty()) return to.empty() ? "" : base::cat(" → ", to);
  return to.empty() ? base::cat(" from ", from) : base::cat(" ", from, " → ", to);
}

std::string ending_of(Event event, const Run& run) {
  if (event == Event::rollback_started) return "has begun";
  if (run.finished) return report::outcome_of(run);
  return event == Event::deploy_completed || event == Event::rollback_completed ? "is done" : "failed";
}

}  // namespace

const char* name_of(Event event) {
  constexpr const char* names[] = {"deploy_completed",   "deploy_failed",   "rollback_started",
                                   "rollback_completed", "rollback_failed", "verify_failed"};
  return names[static_cast<int>(event)];
}

std::string short_line(Event event, const Run& run) {
  std::string of = report::clean_line(run.database);
  if (!of.empty()) of += ": ";
  return base::cat(of, report::clean_line(run.command), versions_of(run), " ", ending_of(event, run));
}

std::string whole_line(Event event, const Run& run) {
  std::string out = short_line(event, run);
  if (run.error && !run.error->message.empty()) out += base::cat(": ", report::clean_line(run.error->message));
  return out;
}

}  // namespace dbrollback::notify
