// What is recorded when a deploy or a way back is given up.
#include <algorithm>

#include "dbrollback/rollback.hpp"
#include "dbrollback/status.hpp"
#include "engine/database/database.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/preflight.hpp"
#include "engine/release/releases.hpp"
#include "engine/repository/run_record.hpp"
#include "tests/recovery/sqlite_case.hpp"

namespace dbrollback::recovery {
namespace {

using State = Release::State;
using StepState = RunStep::State;

class Abandon : public test::SqliteCase {
 protected:
  Abandon() { execute("CREATE TABLE t (a)"); }

  [[nodiscard]] std::string identity() const { return database::open_database(database_)->identity(); }
  [[nodiscard]] std::string fingerprint() { return read_live(store(), database_, quiet_).fingerprint; }
  // A release whose deploy has begun, of the database as it is now.
  Release begun() {
    Release release = release::begin_release("v2", "app");
    release.began = true;
    release.database.fingerprint_before = fingerprint();
    release::write(store(), release);
    return release;
  }
  void leave(const std::string& command, const Release& release,
             const std::vector<std::pair<std::string, StepState>>& steps) {
    command_ = command;
    dbrollback::Run run = repository::begin_run(command, "app");
    run.facts = {{command == "deploy" ? "release" : "undone", release.id}, {"strategy", "reverse"}};
    for (const auto& [name, state] : steps) {
      run.steps.push_back({.name = name, .title = name, .state = state, .started = {}, .finished = {}, .details = {}});
    }
    repository::Journal(store(), identity()).write(run);
  }
  std::string abandoned() {
    std::string out;
    for (const std::string& sentence : abandon_run(repository_, database_, command_, quiet_)) {
      out += sentence + "; ";
    }
    EXPECT_FALSE(repository::Journal(store(), identity()).read());
    return out;
  }
  [[nodiscard]] Release now(const Release& release) { return release::read(store(), release.id); }
  std::string command_;
};

TEST_F(Abandon, IsRefusedWhereNothingIsUnfinished) {
  const ErrorInfo info = test::error_of([&] { (void)abandon_run(repository_, database_, "deploy", quiet_); });
  EXPECT_EQ(info.code, "nothing_to_abandon");
  EXPECT_EQ(info.exit, Exit::refused);
}

TEST_F(Abandon, IsOfTheKindThatIsUnfinishedAlone) {
  leave("rollback", begun(), {{"reverse", StepState::running}});
  const ErrorInfo info = test::error_of([&] { (void)abandon_run(repository_, database_, "deploy", quiet_); });
  EXPECT_EQ(info.code, "nothing_to_abandon");
  EXPECT_NE(info.next.find("rollback --abandon"), std::string::npos);
  EXPECT_TRUE(repository::Journal(store(), identity()).read());
}

TEST_F(Abandon, ADeployThatChangedNothingIsAsIfItHadNeverBeen) {
  const Release release = begun();
  leave("deploy", release, {{"migrate", StepState::running}, {"stop", StepState::pending}});
  const std::string said = abandoned();
  EXPECT_NE(said.find("the database is as it was before the deploy of v2"), std::string::npos) << said;
  EXPECT_NE(said.find("the application was not touched"), std::string::npos) << said;
  EXPECT_EQ(now(release).state, State::abandoned);
  EXPECT_FALSE(is_in_effect(now(release)));
  const auto runs = repository::read_runs(store(), "app");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].error.value_or(ErrorInfo{}).code, "abandoned");
}

TEST_F(Abandon, ADeployWhoseMigrationsRanIsWhatThereIs) {
  const Release release = begun();
  leave("deploy", release, {{"migrate", StepState::done}, {"stop", StepState::pending}});
  execute("ALTER TABLE t ADD b");
  const std::string said = abandoned();
  EXPECT_NE(said.find("`dbrollback rollback` takes that back"), std::string::npos) << said;
  EXPECT_TRUE(is_in_effect(now(release)));
  EXPECT_EQ(now(release).database.fingerprint_after, fingerprint());
}

// No migration, or none that changed the schema: the application is another one all the same.
TEST_F(Abandon, ADeployThatSwitchedTheApplicationIsWhatThereIs) {
  for (const StepState start : {StepState::pending, StepState::running, StepState::done}) {
    const Release release = begun();
    leave("deploy", release, {{"stop", StepState::done}, {"start", start}});
    const std::string said = abandoned();
    EXPECT_TRUE(is_in_effect(now(release))) << said;
    EXPECT_NE(said.find("`dbrollback rollback` takes the application back"), std::string::npos) << said;
  }
}

TEST_F(Abandon, AWayBackThatCameToTheStateBeforeIsBack) {
  const Release release = begun();
  leave("rollback", release, {{"stop", StepState::done}, {"reverse", StepState::done}, {"start", StepState::pending}});
  const std::string said = abandoned();
  EXPECT_NE(said.find("the application was stopped, and was not started again"), std::string::npos) << said;
  EXPECT_EQ(now(release).state, State::rolled_back);
}

TEST_F(Abandon, AWayBackThatDidNotLeavesTheRelease) {
  const Release release = begun();
  leave("rollback", release, {{"stop", StepState::done}, {"reverse", StepState::failed}});
  execute("ALTER TABLE t ADD b");
  EXPECT_NE(abandoned().find("the database was not brought back"), std::string::npos);
  EXPECT_EQ(now(release).state, State::started);
  EXPECT_EQ(now(release).database.fingerprint_after, fingerprint());
}

// It is asked again, and that is all: it must keep nobody from a deploy or a way back.
TEST_F(Abandon, AConfirmationNeedsNobodyTo) {
  const Release release = begun();
  leave("hook-post-deploy", release, {{"health", StepState::running}});
  EXPECT_NO_THROW(refuse_unfinished(store(), identity()));
  EXPECT_FALSE(database_status(repository_, database_, quiet_).unfinished);
  leave("deploy", release, {});
  EXPECT_TRUE(database_status(repository_, database_, quiet_).unfinished);
  EXPECT_EQ(test::error_of([&] { refuse_unfinished(store(), identity()); }).code, "unfinished_run");
}

}  // namespace
}  // namespace dbrollback::recovery
