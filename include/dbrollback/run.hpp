// Run records: what a command did, step by step. Every report and message is a rendering of one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbrollback/error.hpp"
#include "dbrollback/repository.hpp"

namespace dbrollback {

struct RunStep {
  enum class State { pending, running, done, skipped, failed };
  std::string name;   // stable: "snapshot", "stop", "restore"
  std::string title;  // for people, what it does: "stop the application"
  State state = State::pending;
  std::optional<Time> started;
  std::optional<Time> finished;
  std::vector<std::string> details;  // what it did or found, a sentence each
};

// What was to be lost on a way back, and what was.
struct RunLoss {
  std::string object;                 // "table orders", "table users, column email"
  std::optional<std::uint64_t> rows;  // absent: not rows, or not known how many
  std::string what;                   // "3 rows written since the snapshot are not in it"
  bool estimated = false;
};

struct RunEvidence {
  std::string source;   // the command, or the URL without what may be secret
  std::string text;     // what it said; cut in the middle where it is long
  std::string problem;  // why there is nothing
  Time at{};
};

struct Run {
  std::string id;       // "20261120T233015Z-rollback-7f3a"
  std::string command;  // "deploy", "rollback", "snapshot", …
  std::string database;
  std::string user;
  std::string host;
  std::string tool_version;
  Time started{};
  std::optional<Time> finished;  // absent: under way, or its process is gone
  Exit exit = Exit::done;
  std::optional<ErrorInfo> error;
  // Names are stable; a name may come several times. docs/json.md lists them.
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<RunStep> steps;
  std::vector<RunLoss> losses;
  std::vector<std::string> verification;  // what was proven, a sentence each
  std::vector<RunEvidence> evidence;

  // The first fact of that name; empty: there is none.
  [[nodiscard]] std::string fact(const std::string& name) const;
};

// The runs of the repository, the oldest first. Records that cannot be read are left out. `database` empty: of all.
[[nodiscard]] std::vector<Run> list_runs(Repository& repository, const std::string& database = {});

// The run that `spec` means: an id, a unique beginning of one, `latest`, or `latest:COMMAND`. Error (Exit::usage) when
// none or several fit, naming them.
[[nodiscard]] Run find_run(Repository& repository, const std::string& spec, const std::string& database = {});

// The incident report of a run. html: one file that needs nothing else.
enum class ReportFormat { text, markdown, html, json };
[[nodiscard]] std::string render_report(const Run& run, ReportFormat format, const std::string& timezone);

}  // namespace dbrollback
