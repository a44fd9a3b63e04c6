// A report of one run, before it is written in a format: what each section says, as clean text that nothing escaped.
//
// An empty section is left out by every format.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/run.hpp"
#include "engine/report/headline.hpp"

namespace dbrollback::report {

struct RunReport {
  struct Fact {
    std::string label;
    std::vector<std::string> values;
  };
  struct Moment {
    RunStep::State state = RunStep::State::pending;
    std::string time;   // "00:30:15 +0100", with the day where it is not the run's; empty: it has not begun
    std::string after;  // since the run began: "+12 s"
    std::string took;
    std::string outcome;  // "done", "failed"
    std::string title;
    std::vector<std::string> details;
  };
  struct Loss {
    std::string object;
    std::string rows;  // "about 1,234"; "not known"
    std::string known;
    std::string what;
  };
  struct Evidence {
    std::string source;
    std::string time;
    std::string text;
    std::string problem;
  };
  // What people fill in.
  struct Blank {
    std::string title;
    std::string hint;
  };

  std::string kind;  // "Incident report"
  std::string headline;
  Tone tone = Tone::undecided;
  std::vector<Fact> error;  // what there is beside its message
  std::vector<Fact> facts;
  std::vector<Moment> timeline;
  std::string impact;  // a sentence; empty: there is nothing to say
  std::vector<Loss> losses;
  std::vector<std::string> verification;
  std::vector<Evidence> evidence;
  std::vector<Blank> blanks;  // empty: neither these nor follow-ups
  std::string origin;         // the last line: which record this is
};

// Throws Error (Exit::usage) for a time zone that there is not.
[[nodiscard]] RunReport report_of(const Run& run, const std::string& timezone);

[[nodiscard]] std::string to_text(const RunReport& report);
[[nodiscard]] std::string to_markdown(const RunReport& report);
[[nodiscard]] std::string to_html(const RunReport& report);

// The columns of the table of follow-ups, and how many rows of it are left blank.
inline constexpr const char* follow_up_columns[] = {"What", "Owner", "Due"};
inline constexpr int follow_up_rows = 3;

}  // namespace dbrollback::report
