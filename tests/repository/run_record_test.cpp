// Records of runs, and journals of those that are not over.
#include "engine/repository/run_record.hpp"

#include <nlohmann/json.hpp>

#include "dbrollback/observer.hpp"
#include "engine/base/document.hpp"
#include "engine/base/time.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::repository {
namespace {

namespace fs = std::filesystem;

class Warnings final : public Observer {
 public:
  void warning(std::string_view message) override { all.emplace_back(message); }
  std::vector<std::string> all;
};

class RunRecords : public test::InFolder {
 protected:
  RunRecords() : store_(Store::create(at("repository"), "")) {}

  [[nodiscard]] std::vector<std::string> names(const std::string& folder) const {
    return base::list_folder(at("repository") / folder);
  }
  [[nodiscard]] dbrollback::Run only() const {
    const auto runs = read_runs(*store_, {});
    EXPECT_EQ(runs.size(), 1U);
    return runs.empty() ? dbrollback::Run{} : runs[0];
  }
  void put(const std::string& object, const base::Json& document) const {
    write_object(store_->objects(), object, base::bytes_of(base::seal(document)));
  }

  std::unique_ptr<Store> store_;
};

dbrollback::Run full_run() {
  dbrollback::Run run = begin_run("rollback", "app");
  run.finished = run.started + std::chrono::seconds(4);
  run.exit = Exit::partial;
  run.error = ErrorInfo{.code = "app_unhealthy",
                        .exit = Exit::partial,
                        .message = "web is not healthy",
                        .object = "web",
                        .state = "the database is back",
                        .next = "look at its log"};
  run.facts = {{"to_version", "v1"}, {"release", "R1"}, {"release", "R2"}, {"release", "R3"}};
  run.steps = {{.name = "stop",
                .title = "stop the application",
                .state = RunStep::State::done,
                .started = run.started,
                .finished = run.started + std::chrono::nanoseconds(1),
                .details = {"web: stopped", "worker: stopped"}},
               {.name = "restore",
                .title = "restore the snapshot",
                .state = RunStep::State::running,
                .started = run.started,
                .finished = {},
                .details = {}},
               {.name = "start",
                .title = "start the application",
                .state = RunStep::State::pending,
                .started = {},
                .finished = {},
                .details = {}}};
  run.losses = {{.object = "table orders", .rows = 3, .what = "3 rows", .estimated = true},
                {.object = "table users, column email", .rows = std::nullopt, .what = "goes"}};
  run.verification = {"the schema is that of v1"};
  run.evidence = {{.source = "docker logs", .text = "a\nb", .problem = "", .at = run.started},
                  {.source = "http://127.0.0.1/", .text = "", .problem = "refused", .at = run.started}};
  return run;
}

void expect_equal(const Run& read, const Run& run) {
  EXPECT_EQ(read.id, run.id);
  EXPECT_EQ(read.command, run.command);
  EXPECT_EQ(read.database, run.database);
  EXPECT_EQ(read.user, run.user);
  EXPECT_EQ(read.host, run.host);
  EXPECT_EQ(read.tool_version, run.tool_version);
  EXPECT_EQ(read.started, run.started);
  EXPECT_EQ(read.finished, run.finished);
  EXPECT_EQ(read.exit, run.exit);
  EXPECT_EQ(read.facts, run.facts);
  EXPECT_EQ(read.verification, run.verification);
}

TEST_F(RunRecords, ReadBackAllThatARunIs) {
  const dbrollback::Run run = full_run();
  write_run(*store_, run);
  const dbrollback::Run read = only();
  expect_equal(read, run);
  EXPECT_EQ(names("runs"), std::vector<std::string>{run.id + ".json"});
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, "app_unhealthy");
  EXPECT_EQ(read.error->exit, Exit::partial);
  EXPECT_EQ(read.error->state, "the database is back");
  EXPECT_EQ(read.error->next, "look at its log");
  ASSERT_EQ(read.steps.size(), 3U);
  EXPECT_EQ(read.steps[0].title, "stop the application");
  EXPECT_EQ(read.steps[0].finished, run.steps[0].finished);
  EXPECT_EQ(read.steps[0].details, run.steps[0].details);
  EXPECT_EQ(read.steps[1].state, RunStep::State::running);
  EXPECT_FALSE(read.steps[1].finished);
  EXPECT_EQ(read.steps[2].state, RunStep::State::pending);
  ASSERT_EQ(read.losses.size(), 2U);
  EXPECT_EQ(read.losses[0].rows, 3U);
  EXPECT_TRUE(read.losses[0].estimated);
  EXPECT_FALSE(read.losses[1].rows);
  ASSERT_EQ(read.evidence.size(), 2U);
  EXPECT_EQ(read.evidence[0].text, "a\nb");
  EXPECT_EQ(read.evidence[1].problem, "refused");
}

TEST_F(RunRecords, KeepWhatProgramsSayAsUtf8) {
  dbrollback::Run run = full_run();
  run.evidence[0].text = "caf\xe9 \x80 ok";
  run.steps[0].details = {"\xff"};
  write_run(*store_, run);
  const dbrollback::Run read = only();
  EXPECT_EQ(read.evidence.at(0).text, "caf\xef\xbf\xbd \xef\xbf\xbd ok");
  EXPECT_EQ(read.steps.at(0).details.at(0), "\xef\xbf\xbd");
}

TEST_F(RunRecords, AreWrittenOfActionsThatEndWellAndOfOthers) {
  Warnings warnings;
  RunRecord record{.command = "snapshot", .database = "app", .facts = {}};
  recorded(*store_, record, warnings, [&] { record.facts.emplace_back("snapshot", "S"); });
  const dbrollback::Run good = only();
  EXPECT_EQ(good.fact("snapshot"), "S");
  EXPECT_EQ(good.fact("absent"), "");
  EXPECT_EQ(good.exit, Exit::done);
  EXPECT_TRUE(good.finished);
  EXPECT_FALSE(good.error);
  const Error error({.code = "no_room",
                     .exit = Exit::failed,
                     .message = "full",
                     .object = "/srv",
                     .state = "nothing was changed",
                     .next = "make room"});
  EXPECT_EQ(test::error_of([&] { recorded(*store_, record, warnings, [&] { throw error; }); }).code, "no_room");
  const auto runs = read_runs(*store_, "app");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1].exit, Exit::failed);
  EXPECT_EQ(runs[1].error.value_or(ErrorInfo{}).next, "make room");
  EXPECT_TRUE(warnings.all.empty());
}

TEST_F(RunRecords, ThatCannotBeWrittenChangeNoOutcome) {
  fs::create_directories(at("repository"));
  test::put_content(at("repository/runs"), "a file where the folder should be");
  Warnings warnings;
  RunRecord record{.command = "snapshot", .database = "app", .facts = {}};
  EXPECT_NO_THROW(recorded(*store_, record, warnings, [] {}));
  EXPECT_EQ(warnings.all.size(), 1U);
}

// As dbrollback 0.1.0 wrote them before runs had ids and steps.
TEST_F(RunRecords, FromBeforeRunsHadStepsAreRead) {
  put("runs/20261121T033253Z-prune-6dd7.json", {{"command", "prune"},
                                                {"database", ""},
                                                {"user", "deploy"},
                                                {"host", "db1"},
                                                {"tool_version", "0.1.0"},
                                                {"started", "2026-11-21T03:32:53.500000000Z"},
                                                {"finished", "2026-11-21T03:32:54.000000000Z"},
                                                {"exit", 1},
                                                {"facts", {{"removed", {"A", "B"}}, {"level", "stored"}}},
                                                {"error", {{"code", "io"}, {"message", "gone"}}}});
  const dbrollback::Run run = only();
  EXPECT_EQ(run.id, "20261121T033253Z-prune-6dd7");
  EXPECT_EQ(run.facts.size(), 3U);
  EXPECT_EQ(run.fact("removed"), "A");
  EXPECT_EQ(run.exit, Exit::failed);
  EXPECT_EQ(run.error.value_or(ErrorInfo{}).message, "gone");
  EXPECT_EQ(run.finished, base::time_from_iso("2026-11-21T03:32:54Z"));
  EXPECT_TRUE(run.steps.empty());
}

TEST_F(RunRecords, ThatCannotBeReadHideNoOther) {
  dbrollback::Run first = full_run();
  dbrollback::Run second = full_run();
  second.started = first.started + std::chrono::nanoseconds(1);
  second.database = "web";
  write_run(*store_, second);
  write_run(*store_, first);
  put("runs/20261121T033253Z-prune-0001.json", {{"command", 5}});
  put("runs/20261121T033253Z-prune-0002.json", {{"exit", 99}});
  put("runs/20261121T033253Z-prune-0003.json", {{"steps", {{{"state", "flying"}}}}});
  test::put_content(at("repository/runs/20261121T033253Z-prune-0004.json"), "{");
  test::put_content(at("repository/runs/notes.txt"), "mine");
  const auto runs = read_runs(*store_, {});
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].id, first.id) << "the oldest first";
  EXPECT_EQ(runs[1].id, second.id);
  EXPECT_EQ(read_runs(*store_, "web").size(), 1U);
}

TEST_F(RunRecords, OfARunThatIsNotOverAreInTheJournalOfItsDatabase) {
  const Journal journal(*store_, "/srv/app.db");
  const Journal other(*store_, "/srv/web.db");
  EXPECT_FALSE(journal.read());
  EXPECT_NO_THROW(journal.remove());
  dbrollback::Run run = full_run();
  run.finished.reset();
  journal.write(run);
  run.steps[1].state = RunStep::State::done;
  journal.write(run);
  EXPECT_EQ(names("journals").size(), 1U);
  EXPECT_FALSE(other.read());
  const auto read = journal.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, run.id);
  EXPECT_FALSE(read->finished);
  EXPECT_EQ(read->steps.at(1).state, RunStep::State::done);
  EXPECT_EQ(read_journals(*store_, "app").size(), 1U);
  EXPECT_TRUE(read_journals(*store_, "web").empty());
  EXPECT_TRUE(read_runs(*store_, {}).empty());
  journal.remove();
  EXPECT_FALSE(journal.read());
}

TEST_F(RunRecords, OfADamagedJournalAreAnError) {
  const Journal journal(*store_, "/srv/app.db");
  journal.write(full_run());
  const fs::path file = at("repository/journals") / names("journals").at(0);
  std::string text = test::content_of(file);
  text[text.find("running")] = 'R';
  test::put_content(file, text);
  EXPECT_EQ(test::error_of([&] { (void)journal.read(); }).exit, Exit::damaged);
}

TEST_F(RunRecords, OfACrashedWriterAreSweptAway) {
  for (const char* name : {"journals", "releases", "kept", "runs"}) {
    fs::create_directories(at("repository") / name);
    test::put_content(at("repository") / name / "x.json.12345678.part", "{");
  }
  (void)store_->sweep();
  for (const char* name : {"journals", "releases", "kept", "runs"}) {
    EXPECT_TRUE(names(name).empty()) << name;
  }
}

}  // namespace
}  // namespace dbrollback::repository
