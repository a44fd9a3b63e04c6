#include "engine/report/headline.hpp"

#include <cctype>

#include "engine/base/text.hpp"
#include "engine/report/clean.hpp"

namespace dbrollback::report {

namespace {

std::string took(const Run& run, std::string_view word) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(*run.finished - run.started);
  return base::cat(" ", word, " ", base::human_duration(time));
}

std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string as_sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

}  // namespace

Exit exit_of(const Run& run) {
  const std::string damage = run.command == "verify" ? run.fact("damage") : "";
  return run.exit == Exit::done && !damage.empty() && damage != "0" ? Exit::damaged : run.exit;
}

bool is_of_database_alone(const Run& run) { return run.command == "deploy" && run.fact("part") == "before"; }

Tone tone_of(const Run& run) {
  const Exit exit = exit_of(run);
  if (!run.finished || exit == Exit::refused || exit == Exit::usage) return Tone::undecided;
  return exit == Exit::done ? Tone::good : Tone::bad;
}

std::string subject_of(const Run& run) {
  if (is_of_database_alone(run)) {
    return base::cat("Making the database of ", clean_line(run.database), " ready for ", clean_line(run.fact("to")));
  }
  std::string out = capitalised(clean_line(run.command));
  if (!run.database.empty()) out += base::cat(" of ", clean_line(run.database));
  const std::string from = clean_line(run.fact("from"));
  const std::string to = clean_line(run.fact("to"));
  if (!from.empty()) out += base::cat(" from ", from);
  if (!to.empty()) out += base::cat(" to ", to);
  return out;
}

std::string outcome_of(const Run& run) {
  if (!run.finished) return "is not over: it is under way, or its process is gone";
  switch (exit_of(run)) {
    case Exit::done:
      return base::cat("succeeded", took(run, "in"));
    case Exit::failed:
      return base::cat("failed", took(run, "after"), " and changed nothing");
    case Exit::usage:
      return "did not begin: wrong usage or configuration";
    case Exit::damaged:
      return base::cat("found damage or a difference", took(run, "after"));
    case Exit::refused:
      return base::cat("was refused", took(run, "after"));
    case Exit::busy:
      return base::cat("gave up", took(run, "after"), ": something was locked, or took too long");
    case Exit::partial:
      return base::cat("failed part way", took(run, "after"));
    case Exit::rolled_back:
      return base::cat("failed and was rolled back", took(run, "after"));
  }
  return base::cat("ended with status ", static_cast<int>(run.exit));
}

std::string headline_of(const Run& run) {
  if (is_of_database_alone(run) && tone_of(run) == Tone::good) {
    return base::cat("The database of ", clean_line(run.database), " is ready for ", clean_line(run.fact("to")), ".");
  }
  std::string out = base::cat(subject_of(run), " ", outcome_of(run));
  if (run.error && !run.error->message.empty()) out += base::cat(": ", clean_line(run.error->message));
  return as_sentence(std::move(out));
}

}  // namespace dbrollback::report
