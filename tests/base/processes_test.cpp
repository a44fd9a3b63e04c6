#include "engine/base/processes.hpp"

#include <algorithm>
#include <optional>

#include "tests/support/another_process.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

class Holding : public test::InFolder {
 protected:
  Holding() {
    test::put_content(at("held"), "x");
    test::put_content(at("free"), "x");
    holder_.emplace([&] { return File(at("held"), File::Mode::read); });
  }

  [[nodiscard]] bool found_in(const Holders& holders) const {
    return std::ranges::any_of(holders.processes, [&](const std::string& process) {
      return process.starts_with(std::to_string(holder_->pid()) + " ");
    });
  }

 private:
  std::optional<test::AnotherProcess> holder_;
};

TEST_F(Holding, AFileIsSeenWithTheProcessesName) {
  const Holders holders = holders_of({at("held")});
  ASSERT_EQ(holders.processes.size(), 1U);
  EXPECT_TRUE(found_in(holders));
  EXPECT_NE(describe(holders).find(holders.processes.front()), std::string::npos);
}

TEST_F(Holding, AFileIsSeenUnderAnotherName) {
  fs::create_hard_link(at("held"), at("other name"));
  EXPECT_TRUE(found_in(holders_of({at("other name")})));
}

TEST_F(Holding, OneOfSeveralFilesIsEnough) { EXPECT_TRUE(found_in(holders_of({at("free"), at("held")}))); }

TEST_F(Holding, NothingIsSeenOfAFreeOrAnAbsentFile) {
  EXPECT_TRUE(holders_of({at("free")}).processes.empty());
  EXPECT_TRUE(holders_of({at("absent")}).processes.empty());
  EXPECT_TRUE(holders_of({}).processes.empty());
}

TEST_F(Holding, ThisProcessIsLeftOut) {
  const File mine(at("free"), File::Mode::read);
  EXPECT_TRUE(holders_of({at("free")}).processes.empty());
}

TEST(Holders, AreAnotherProcessWhereTheyCannotBeSeen) { EXPECT_EQ(describe(Holders{}), "another process"); }

}  // namespace
}  // namespace dbrollback::base
