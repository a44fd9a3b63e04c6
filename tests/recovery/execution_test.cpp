// The steps of a deploy or a way back, and what the journal says at each moment.
#include "engine/recovery/execution.hpp"

#include <filesystem>

#include "engine/recovery/preflight.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::recovery {
namespace {

using State = RunStep::State;
using Words = std::vector<std::string>;

const std::string identity = "/srv/app.db";

// What the observer and the listener were told, in its order.
class Told final : public Observer {
 public:
  void progress(const Progress& moment) override { all.push_back("progress: " + std::string(moment.phase)); }
  void warning(std::string_view text) override { warnings.emplace_back(text); }
  Words all;
  Words warnings;
};

Error failure(const std::string& message) {
  return Error({.code = "app_unhealthy",
                .exit = Exit::partial,
                .message = message,
                .object = "web",
                .state = "the database is back",
                .next = "look at its log"});
}

class Executions : public test::InFolder {
 protected:
  Executions() : store_(repository::Store::create(at("repository"), "")), journal_(*store_, identity) {}

  Execution begin(dbrollback::Run run, AskStep ask = {}) {
    return {*store_,
            identity,
            std::move(run),
            std::move(ask),
            {.begun = [this](const dbrollback::Run& each) { told_.all.push_back("begun: " + each.command); },
             .ended = [this](const dbrollback::Run& each) { told_.all.push_back("ended: " + each.command); }},
            told_};
  }
  Execution planned(const AskStep& ask = {}) {
    Execution out = begin(repository::begin_run("rollback", "app"), ask);
    out.plan({{"stop", "stop the application"}, {"restore", "restore the snapshot"}, {"start", "start it"}});
    return out;
  }
  // As the journal says: "done running pending"; empty: there is none.
  [[nodiscard]] std::string journal() const {
    static const std::map<State, std::string> words{{State::pending, "pending"},
                                                    {State::running, "running"},
                                                    {State::done, "done"},
                                                    {State::skipped, "skipped"},
                                                    {State::failed, "failed"}};
    std::string out;
    const auto run = journal_.read();
    for (const RunStep& step : run ? run->steps : std::vector<RunStep>{}) {
      out += (out.empty() ? "" : " ") + words.at(step.state);
    }
    return out;
  }
  // An action that says when it ran, and what the journal said then.
  std::function<std::vector<std::string>()> act(const std::string& name) {
    return [this, name] {
      ran_.push_back(name + ": " + journal());
      return Words{name + " is done"};
    };
  }

  std::unique_ptr<repository::Store> store_;
  repository::Journal journal_;
  Told told_;
  Words ran_;
};

TEST_F(Executions, AreInTheJournalBeforeEachStepAndAfterIt) {
  Execution execution = begin(repository::begin_run("rollback", "app"));
  EXPECT_EQ(journal(), "") << "nothing is written before it is known what will be done";
  execution.plan({{"stop", "stop the application"}, {"restore", "restore the snapshot"}});
  EXPECT_EQ(journal(), "pending pending");
  execution.step("stop", act("stop"));
  EXPECT_EQ(journal(), "done pending");
  execution.needed_step("restore", act("restore"));
  EXPECT_EQ(journal(), "done done");
  EXPECT_EQ(ran_, (Words{"stop: running pending", "restore: done running"}));
  const RunStep stopped = journal_.read().value().steps.at(0);
  EXPECT_EQ(stopped.title, "stop the application");
  EXPECT_EQ(stopped.details, Words{"stop is done"});
  ASSERT_TRUE(stopped.started && stopped.finished);
  EXPECT_LE(*stopped.started, *stopped.finished);
  EXPECT_EQ(told_.all, (Words{"begun: rollback", "progress: stop the application", "progress: restore the snapshot"}));
}

TEST_F(Executions, ThatAreResumedDoOnlyWhatIsNotDone) {
  dbrollback::Run run = repository::begin_run("rollback", "app");
  for (const auto& [name, state] : std::vector<std::pair<std::string, State>>{{"stop", State::done},
                                                                              {"ask", State::skipped},
                                                                              {"restore", State::running},
                                                                              {"start", State::failed},
                                                                              {"record", State::pending}}) {
    run.steps.push_back({.name = name, .title = name, .state = state, .started = {}, .finished = {}, .details = {"x"}});
  }
  Execution execution = begin(run);
  execution.plan({{"other", "of another plan"}});
  EXPECT_EQ(execution.run().steps.size(), 5U) << "the plan that was begun holds";
  EXPECT_TRUE(told_.all.empty()) << "a run that goes on has been told of";
  for (const RunStep& step : run.steps) {
    execution.step(step.name, act(step.name));
  }
  EXPECT_EQ(ran_, (Words{"restore: done skipped running failed pending", "start: done skipped done running pending",
                         "record: done skipped done done running"}));
  EXPECT_EQ(execution.find("restore").details, Words{"restore is done"}) << "and not what it had done before it died";
  EXPECT_EQ(execution.find("stop").details, Words{"x"});
}

TEST_F(Executions, DoAStepOnce) {
  Execution execution = planned();
  execution.step("stop", act("stop"));
  execution.step("stop", act("stop"));
  execution.needed_step("stop", act("stop"));
  EXPECT_EQ(ran_.size(), 1U);
  EXPECT_TRUE(execution.is_over("stop"));
  EXPECT_FALSE(execution.is_over("start"));
  EXPECT_FALSE(execution.is_over("no such step"));
}

TEST_F(Executions, KeepWhyAStepFailedAndThrowItOn) {
  Execution execution = planned();
  const ErrorInfo info =
      test::error_of([&] { execution.step("stop", []() -> Words { throw failure("web does not stop"); }); });
  EXPECT_EQ(info.code, "app_unhealthy");
  EXPECT_EQ(journal(), "failed pending pending");
  EXPECT_EQ(execution.find("stop").details, Words{"web does not stop"});
  EXPECT_TRUE(execution.find("stop").finished);
  EXPECT_FALSE(execution.is_over("stop"));
  execution.step("stop", act("stop"));
  EXPECT_EQ(execution.find("stop").details, Words{"stop is done"}) << "of the last time only";
}

// What a step says while it is under way is kept with it, before what it returns.
TEST_F(Executions, KeepWhatAStepSaidMeanwhile) {
  Execution execution = planned();
  execution.step("stop", [&] {
    execution.find("stop").details.emplace_back("web: asked");
    execution.save();
    return Words{"web: stopped"};
  });
  EXPECT_EQ(journal_.read().value().steps.at(0).details, (Words{"web: asked", "web: stopped"}));
}

TEST_F(Executions, LeaveOutWhatSomebodySkips) {
  Words asked;
  Execution execution = planned([&](const RunStep& step) {
    asked.push_back(step.name);
    return step.name == "stop" ? StepChoice::skip : StepChoice::run;
  });
  execution.step("stop", act("stop"));
  EXPECT_EQ(journal(), "skipped pending pending");
  EXPECT_TRUE(execution.is_over("stop"));
  EXPECT_EQ(duration_of(execution.find("stop")).count(), 0);
  execution.needed_step("restore", act("restore"));
  execution.step("start", act("start"));
  execution.step("stop", act("stop"));
  EXPECT_EQ(asked, (Words{"stop", "start"})) << "nobody is asked about what the rest counts on, or twice";
  EXPECT_EQ(journal(), "skipped done done");
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(Executions, StopWhereSomebodySaysSo) {
  Execution execution =
      planned([](const RunStep& step) { return step.name == "restore" ? StepChoice::stop : StepChoice::run; });
  execution.step("stop", act("stop"));
  const ErrorInfo info = test::error_of([&] { execution.step("restore", act("restore")); });
  EXPECT_EQ(info.code, "stopped");
  EXPECT_EQ(info.exit, Exit::partial);
  EXPECT_NE(info.message.find("restore the snapshot"), std::string::npos);
  EXPECT_NE(info.next.find("--resume"), std::string::npos);
  EXPECT_EQ(journal(), "done pending pending") << "it was not begun";
  EXPECT_EQ(ran_.size(), 1U);
}

TEST_F(Executions, ThatAreOverHaveARecordAndNoJournal) {
  Execution execution = planned();
  execution.set("to_version", "v1");
  execution.set("to_version", "v2");
  execution.close(nullptr);
  EXPECT_FALSE(journal_.read());
  const auto runs = repository::read_runs(*store_, "app");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].exit, Exit::done);
  EXPECT_TRUE(runs[0].finished);
  EXPECT_FALSE(runs[0].error);
  EXPECT_EQ(runs[0].facts, (decltype(runs[0].facts){{"to_version", "v2"}})) << "one value of each";
  EXPECT_EQ(told_.all.back(), "ended: rollback");
}

TEST_F(Executions, ThatAreOverWithAnErrorSayWhich) {
  Execution execution = planned();
  const Error error = failure("web is not healthy");
  execution.close(&error);
  EXPECT_FALSE(journal_.read());
  const auto runs = repository::read_runs(*store_, "app");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].exit, Exit::partial);
  EXPECT_EQ(runs[0].error.value_or(ErrorInfo{}).state, "the database is back");
}

// A deploy that was rolled back ends without an error of its own, and with an exit status of its own.
TEST_F(Executions, ThatAreOverKeepTheirExitStatus) {
  Execution execution = planned();
  execution.run().exit = Exit::rolled_back;
  execution.close(nullptr);
  EXPECT_EQ(repository::read_runs(*store_, "app").at(0).exit, Exit::rolled_back);
}

TEST_F(Executions, ThatStopKeepTheirJournalAndHaveNoRecord) {
  Execution execution = planned();
  execution.step("stop", act("stop"));
  execution.pause(failure("web is not healthy").info());
  EXPECT_TRUE(repository::read_runs(*store_, "app").empty());
  const dbrollback::Run left = journal_.read().value();
  EXPECT_EQ(left.exit, Exit::partial);
  EXPECT_EQ(left.error.value_or(ErrorInfo{}).message, "web is not healthy");
  EXPECT_FALSE(left.finished);
  EXPECT_EQ(told_.all.back(), "ended: rollback");
  Execution again = begin(left);
  again.step("stop", act("stop"));
  again.step("restore", act("restore"));
  EXPECT_EQ(ran_, (Words{"stop: running pending pending", "restore: done running pending"}));
}

// A record is for people; that it cannot be written changes nothing, and nobody resumes what is over.
TEST_F(Executions, ThatAreOverWithoutARecordAreOver) {
  Execution execution = planned();
  test::put_content(at("repository/runs"), "a file where the folder should be");
  execution.close(nullptr);
  EXPECT_FALSE(journal_.read());
  EXPECT_EQ(told_.warnings.size(), 1U);
}

// Whoever migrates or restores by hand beside it is told, whether the journal can be read or not.
TEST_F(Executions, ThatAreNotOverAreSaidToOthers) {
  warn_of_unfinished(*store_, identity, told_);
  EXPECT_TRUE(told_.warnings.empty());
  const Execution execution = planned();
  warn_of_unfinished(*store_, identity, told_);
  for (const auto& file : std::filesystem::directory_iterator(at("repository/journals"))) {
    std::filesystem::resize_file(file, 10);
  }
  warn_of_unfinished(*store_, identity, told_);
  ASSERT_EQ(told_.warnings.size(), 2U);
  EXPECT_NE(told_.warnings[0].find("will find what this command does"), std::string::npos) << told_.warnings[0];
  EXPECT_NE(told_.warnings[1].find("its journal cannot be read"), std::string::npos) << told_.warnings[1];
}

TEST(StepDuration, IsThatOfAStepThatWasDone) {
  RunStep step{.name = "stop", .title = "stop", .started = {}, .finished = {}, .details = {}};
  EXPECT_EQ(duration_of(step).count(), 0);
  step.started = Time{} + std::chrono::seconds(5);
  EXPECT_EQ(duration_of(step).count(), 0);
  step.finished = *step.started + std::chrono::milliseconds(1500);
  EXPECT_EQ(duration_of(step).count(), 1500);
}

}  // namespace
}  // namespace dbrollback::recovery
