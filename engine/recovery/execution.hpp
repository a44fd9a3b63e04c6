// Carrying out the steps of a deploy or a way back: each is in the journal before it begins and after it is done, so
// that whoever comes after a crash knows where it was.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dbrollback/rollback.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback::recovery {

struct StepPlan {
  std::string name;
  std::string title;
};

// Told of a run when its journal is written first, and when it ends or stops, well or not. Both may be empty.
struct RunListener {
  std::function<void(const Run& run)> begun;
  std::function<void(const Run& run)> ended;
};

class Execution {
 public:
  // A new run, or (where `run` has steps already) one that is resumed. `ask` may be empty.
  Execution(repository::Store& store, const std::string& identity, Run run, AskStep ask, RunListener listener,
            Observer& observer);

  // The steps that there will be; nothing for a run that is resumed.
  void plan(const std::vector<StepPlan>& steps);

  // Does a step, unless it is done already, or left out by who was asked. `action` returns what it did, a sentence
  // each; it must be able to run again after it was cut off anywhere. State after a failure: the step is `failed` in
  // the journal, and the Error is thrown on.
  void step(const std::string& name, const std::function<std::vector<std::string>()>& action);
  // A step that cannot be left out by hand, since those after it count on it.
  void needed_step(const std::string& name, const std::function<std::vector<std::string>()>& action);

  // Done or left out in this run, or before it was resumed.
  [[nodiscard]] bool is_over(const std::string& name) const;
  [[nodiscard]] RunStep& find(const std::string& name);

  [[nodiscard]] Run& run() { return run_; }
  // Facts that have one value.
  void set(const std::string& name, const std::string& value);
  void save();

  // The run is over, as it ended: its record is written, and the journal goes.
  void close(const Error* error);
  // The run has stopped part way, and can be resumed: the journal stays.
  void pause(const ErrorInfo& error);

 private:
  void carry_out(RunStep& step, const std::function<std::vector<std::string>()>& action);

  repository::Store* store_;
  repository::Journal journal_;
  Run run_;
  AskStep ask_;
  RunListener listener_;
  Observer* observer_;
};

// How long a step took; 0: it was not done.
[[nodiscard]] std::chrono::milliseconds duration_of(const RunStep& step);

// To what it leads, for people: a version, or "the state before v1.4.2".
[[nodiscard]] std::string target_of(const Run& run);

}  // namespace dbrollback::recovery
