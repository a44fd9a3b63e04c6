// Which run somebody means.
#include "dbrollback/run.hpp"

#include "engine/repository/run_record.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback {
namespace {

class Runs : public test::InFolder {
 protected:
  Runs() : repository_(Repository::create(at("repository"))) {}

  dbrollback::Run put(const std::string& command, const std::string& id, const std::string& database = "app") {
    dbrollback::Run run = repository::begin_run(command, database);
    run.id = id;
    run.started = last_ += std::chrono::seconds(1);
    repository::write_run(repository_.store(), run);
    return run;
  }
  [[nodiscard]] std::string found(const std::string& spec, const std::string& database = {}) {
    return find_run(repository_, spec, database).id;
  }
  [[nodiscard]] ErrorInfo fails(const std::string& spec) {
    return test::error_of([&] { (void)found(spec); });
  }

  Repository repository_;
  Time last_{};
};

TEST_F(Runs, AreFoundByTheirIdsAndByTheirBeginnings) {
  put("deploy", "20261120T000001Z-deploy-0001");
  put("deploy", "20261120T000001Z-deploy-00012");
  put("rollback", "20261121T000001Z-rollback-0002");
  EXPECT_EQ(found("20261120T000001Z-deploy-0001"), "20261120T000001Z-deploy-0001") << "all of an id is no beginning";
  EXPECT_EQ(found("20261121"), "20261121T000001Z-rollback-0002");
  const ErrorInfo several = fails("20261120");
  EXPECT_EQ(several.code, "ambiguous_run");
  EXPECT_NE(several.message.find("20261120T000001Z-deploy-00012"), std::string::npos);
  for (const std::string spec : {"2025", ""}) {
    EXPECT_EQ(fails(spec).code, "unknown_run") << spec;
    EXPECT_EQ(fails(spec).exit, Exit::usage) << spec;
    EXPECT_NE(fails(spec).message.find("20261121T000001Z-rollback-0002"), std::string::npos) << spec;
  }
}

TEST_F(Runs, AreTheLatestOfAll) {
  EXPECT_EQ(fails("latest").code, "no_runs");
  put("deploy", "A");
  put("rollback", "B");
  put("deploy", "C", "web");
  EXPECT_EQ(found("latest"), "C");
  EXPECT_EQ(found("latest:rollback"), "B");
  EXPECT_EQ(found("latest", "app"), "B");
  EXPECT_EQ(found("latest:deploy", "app"), "A");
  EXPECT_EQ(fails("latest:verify").code, "no_runs");
}

TEST_F(Runs, ThatAreNotOverAreListedOnce) {
  const dbrollback::Run over = put("deploy", "A");
  dbrollback::Run open = repository::begin_run("rollback", "app");
  open.id = "B";
  open.started = last_ + std::chrono::seconds(1);
  repository::Journal(repository_.store(), "/srv/app.db").write(open);
  repository::Journal(repository_.store(), "/srv/web.db").write(over);
  const auto runs = list_runs(repository_);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].id, "A");
  EXPECT_EQ(runs[1].id, "B");
  EXPECT_EQ(list_runs(repository_, "web").size(), 0U);
}

}  // namespace
}  // namespace dbrollback
