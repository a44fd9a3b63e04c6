#include "engine/recovery/execution.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::recovery {

using base::cat;

Execution::Execution(repository::Store& store, const std::string& identity, Run run, AskStep ask, RunListener listener,
                     Observer& observer)
    : store_(&store),
      journal_(store, identity),
      run_(std::move(run)),
      ask_(std::move(ask)),
      listener_(std::move(listener)),
      observer_(&observer) {}

void Execution::plan(const std::vector<StepPlan>& steps) {
  if (!run_.steps.empty()) {
    return;
  }
  run_.steps.reserve(steps.size());
  for (const StepPlan& step : steps) {
    run_.steps.push_back({.name = step.name, .title = step.title, .started = {}, .finished = {}, .details = {}});
  }
  save();
  if (listener_.begun) {
    listener_.begun(run_);
  }
}

RunStep& Execution::find(const std::string& name) {
  const auto found = std::ranges::find(run_.steps, name, &RunStep::name);
  if (found == run_.steps.end()) {
    throw std::logic_error(cat("no step ", name));
  }
  return *found;
}

bool Execution::is_over(const std::string& name) const {
  const auto found = std::ranges::find(run_.steps, name, &RunStep::name);
  return found != run_.steps.end() && (found->state == RunStep::State::done || found->state == RunStep::State::skipped);
}

void Execution::set(const std::string& name, const std::string& value) {
  const auto found = std::ranges::find(run_.facts, name, &std::pair<std::string, std::string>::first);
  if (found == run_.facts.end()) {
    run_.facts.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

void Execution::save() { journal_.write(run_); }

void Execution::step(const std::string& name, const std::function<std::vector<std::string>()>& action) {
  if (is_over(name)) {
    return;
  }
  RunStep& step = find(name);
  const StepChoice choice = ask_ ? ask_(step) : StepChoice::run;
  if (choice == StepChoice::stop) {
    base::fail({.code = "stopped",
                .exit = Exit::partial,
                .message = cat("stopped before the step `", step.title, "`"),
                .object = run_.database,
                .state = "what was done before it is in effect",
                .next = "`dbrollback rollback --resume` goes on, `dbrollback rollback --abandon` gives it up"});
  }
  if (choice == StepChoice::skip) {
    step.state = RunStep::State::skipped;
    step.finished = base::now();
    save();
    return;
  }
  carry_out(step, action);
}

void Execution::needed_step(const std::string& name, const std::function<std::vector<std::string>()>& action) {
  if (!is_over(name)) {
    carry_out(find(name), action);
  }
}

void Execution::carry_out(RunStep& step, const std::function<std::vector<std::string>()>& action) {
  const std::string name = step.name;
  step.state = RunStep::State::running;
  step.started = base::now();
  step.details.clear();
  save();
  base::reached(cat("step ", name, " begun").c_str());
  observer_->progress({.phase = step.title, .done = 0, .total = 0, .unit = "steps"});
  try {
    auto details = action();
    RunStep& done = find(name);
    done.details.insert(done.details.end(), details.begin(), details.end());
    done.state = RunStep::State::done;
    done.finished = base::now();
  } catch (const Error& error) {
    RunStep& failed = find(name);
    failed.state = RunStep::State::failed;
    failed.finished = base::now();
    failed.details.emplace_back(error.what());
    try {
      save();
    } catch (const Error& failure) {  // what failed first is what counts
      observer_->warning(cat("the journal of this run could not be written: ", failure.what()));
    }
    throw;
  }
  base::reached(cat("step ", name, " done").c_str());
  save();
}

void Execution::close(const Error* error) {
  run_.finished = base::now();
  run_.exit = error == nullptr ? run_.exit : error->exit();
  if (error != nullptr) {
    run_.error = error->info();
  }
  try {
    repository::write_run(*store_, run_);
  } catch (const Error& failure) {
    observer_->warning(cat("the record of this run could not be written: ", failure.what()));
  }
  base::reached("run closed");
  journal_.remove();
  if (listener_.ended) {
    listener_.ended(run_);
  }
}

void Execution::pause(const ErrorInfo& error) {
  run_.exit = error.exit;
  run_.error = error;
  try {
    save();
  } catch (const Error& failure) {  // the journal says what it said before: enough to go on
    observer_->warning(cat("the journal of this run could not be written: ", failure.what()));
  }
  if (listener_.ended) {
    listener_.ended(run_);
  }
}

std::chrono::milliseconds duration_of(const RunStep& step) {
  return step.started && step.finished
             ? std::chrono::duration_cast<std::chrono::milliseconds>(*step.finished - *step.started)
             : std::chrono::milliseconds(0);
}

std::string target_of(const Run& run) {
  const std::string to = run.fact("to");
  return to.empty() ? cat("the state before ", base::printable(run.fact("from"))) : base::printable(to);
}

}  // namespace dbrollback::recovery
