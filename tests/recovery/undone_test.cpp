// Which releases a way back undoes, and to what it leads.
#include "engine/recovery/undone.hpp"

#include "tests/support/unit.hpp"

namespace dbrollback::recovery {
namespace {

using State = Release::State;
using Words = std::vector<std::string>;

// Deployed after `previous`, with a configuration file of its own.
Release deployed(const std::string& version, const std::string& previous, State state = State::confirmed) {
  Release out;
  out.id = "R-" + version;
  out.version = version;
  out.mark = "mark of " + version;
  out.previous = previous;
  out.previous_mark = previous.empty() ? "" : "mark of " + previous;
  out.state = state;
  out.began = true;
  out.files = {{.path = "/srv/.env", .hash = "file of " + version, .mode = 0600}};
  return out;
}

Words undone_versions(const Undone& undone) {
  Words out;
  for (const Release& release : undone.releases) {
    out.push_back(release.version);
  }
  return out;
}

std::string file_of(const Undone& undone) { return undone.files.empty() ? "" : undone.files.at(0).hash; }

ErrorInfo fails(const std::vector<Release>& all, const std::string& to) {
  return test::error_of([&] { (void)choose_undone(all, to, "app"); });
}

TEST(Undone, IsTheCurrentReleaseWhereNobodySaysMore) {
  const Undone undone = choose_undone({deployed("v1", ""), deployed("v2", "v1"), deployed("v3", "v2")}, "", "app");
  EXPECT_EQ(undone_versions(undone), Words{"v3"});
  EXPECT_EQ(undone.from_version, "v3");
  EXPECT_EQ(undone.to_version, "v2");
  EXPECT_EQ(undone.to_mark, "mark of v2");
  EXPECT_EQ(file_of(undone), "file of v2");
  EXPECT_EQ(undone.first().version, "v3");
  EXPECT_EQ(undone.why, "the state before the current release");
}

TEST(Undone, AreAllBackToTheLastOneThatWasGood) {
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1", State::migrated),
                                 deployed("v3", "v2", State::failed), deployed("v4", "v3", State::abandoned)};
  const Undone undone = choose_undone(all, "", "app");
  EXPECT_EQ(undone_versions(undone), (Words{"v4", "v3", "v2"}));
  EXPECT_EQ(undone.first().version, "v2");
  EXPECT_EQ(undone.to_version, "v1");
  EXPECT_EQ(file_of(undone), "file of v1");
  EXPECT_EQ(undone.why, "the releases after it were never confirmed: 3 are undone");
}

TEST(Undone, EndAtOneThatIsMarkedAsGood) {
  std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1", State::migrated),
                           deployed("v3", "v2", State::migrated)};
  EXPECT_EQ(choose_undone(all, "", "app").to_version, "v1");
  all[1].good = true;
  const Undone undone = choose_undone(all, "", "app");
  EXPECT_EQ(undone_versions(undone), Words{"v3"});
  EXPECT_EQ(undone.to_version, "v2");
}

TEST(Undone, AreAllWhereNoneBeforeWasGood) {
  const Undone undone =
      choose_undone({deployed("v2", "v1", State::migrated), deployed("v3", "v2", State::migrated)}, "", "app");
  EXPECT_EQ(undone_versions(undone), (Words{"v3", "v2"}));
  EXPECT_EQ(undone.to_version, "v1") << "which ran before the first deploy";
  EXPECT_EQ(undone.to_mark, "mark of v1");
  EXPECT_TRUE(undone.files.empty()) << "no release kept those of v1";
}

TEST(Undone, AreBackToTheVersionThatWasAskedFor) {
  const std::vector<Release> all{deployed("v2", "v1"), deployed("v3", "v2", State::migrated), deployed("v4", "v3")};
  const Undone to_v3 = choose_undone(all, "v3", "app");
  EXPECT_EQ(undone_versions(to_v3), Words{"v4"});
  EXPECT_EQ(to_v3.to_version, "v3");
  EXPECT_EQ(to_v3.to_mark, "mark of v3");
  EXPECT_EQ(file_of(to_v3), "file of v3");
  EXPECT_EQ(to_v3.why, "as asked");
  const Undone to_v2 = choose_undone(all, "v2", "app");
  EXPECT_EQ(undone_versions(to_v2), (Words{"v4", "v3"}));
  EXPECT_EQ(file_of(to_v2), "file of v2");
  const Undone to_v1 = choose_undone(all, "v1", "app");
  EXPECT_EQ(undone_versions(to_v1), (Words{"v4", "v3", "v2"}));
  EXPECT_TRUE(to_v1.files.empty());
}

// A, B, A, B: the nearest.
TEST(Undone, AreBackToTheLastTimeOfAVersion) {
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1"), deployed("v1", "v2"), deployed("v2", "v1")};
  EXPECT_EQ(undone_versions(choose_undone(all, "v1", "app")), Words{"v2"});
  EXPECT_EQ(choose_undone(all, "", "app").to_version, "v1");
}

TEST(Undone, AreNotThoseWhoseStateBeforeIsBackAlready) {
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1", State::rolled_back), deployed("v3", "v1"),
                                 deployed("v4", "v3", State::rolled_back)};
  const Undone undone = choose_undone(all, "v1", "app");
  EXPECT_EQ(undone_versions(undone), Words{"v3"});
  EXPECT_EQ(undone.to_version, "v1");
  EXPECT_EQ(file_of(undone), "file of v1");
  EXPECT_EQ(fails(all, "v2").code, "no_such_release");
}

TEST(Undone, GoNoFurtherByThemselvesOnceOneIsRolledBack) {
  std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1"), deployed("v3", "v2", State::rolled_back)};
  EXPECT_EQ(fails(all, "").code, "nothing_to_roll_back");
  all[1].state = State::migrated;  // never confirmed: nobody has come to a good state yet
  EXPECT_EQ(undone_versions(choose_undone(all, "", "app")), Words{"v2"});
}

TEST(Undone, ReachBehindADeployThatFailedHalfWay) {
  // The application was never switched away from v1 by the first of them, and its migrations are there.
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1", State::migrated), deployed("v2", "v1")};
  EXPECT_EQ(undone_versions(choose_undone(all, "v1", "app")), (Words{"v2", "v2"}));
  EXPECT_EQ(undone_versions(choose_undone(all, "", "app")), (Words{"v2", "v2"}));
}

TEST(Undone, LeadToAnotherVersion) {
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "v1"), deployed("v2", "v2")};
  const Undone undone = choose_undone(all, "", "app");
  EXPECT_EQ(undone_versions(undone), (Words{"v2", "v2"}));
  EXPECT_EQ(undone.to_version, "v1");
}

TEST(Undone, AreNotThoseThatChangedNothing) {
  Release stillborn = deployed("v3", "v2", State::failed);
  stillborn.began = false;
  const Undone undone = choose_undone({deployed("v1", ""), deployed("v2", "v1"), stillborn}, "", "app");
  EXPECT_EQ(undone_versions(undone), Words{"v2"});
}

TEST(Undone, LeadsToTheReleaseBeforeWhereNobodyAskedTheApplication) {
  const std::vector<Release> all{deployed("v1", ""), deployed("v2", "")};
  const Undone undone = choose_undone(all, "", "app");
  EXPECT_EQ(undone.to_version, "v1");
  EXPECT_EQ(undone.to_mark, "mark of v1");
  EXPECT_EQ(file_of(undone), "file of v1");
  EXPECT_EQ(choose_undone(all, "v1", "app").to_version, "v1");
}

TEST(Undone, OfTheOnlyReleaseLeadsToAVersionThatNobodyKnows) {
  const Undone undone = choose_undone({deployed("v1", "")}, "", "app");
  EXPECT_EQ(undone_versions(undone), Words{"v1"});
  EXPECT_EQ(undone.to_version, "");
  EXPECT_EQ(undone.to_mark, "");
  EXPECT_TRUE(undone.files.empty());
}

// Somebody switched the application by hand between the two deploys.
TEST(Undone, TakesNoFilesOfAnotherVersionThanThatWhichRan) {
  const Undone undone = choose_undone({deployed("v1", ""), deployed("v3", "v2")}, "", "app");
  EXPECT_EQ(undone.to_version, "v2");
  EXPECT_EQ(undone.to_mark, "mark of v2");
  EXPECT_TRUE(undone.files.empty()) << "those are of v1";
}

TEST(Undone, IsNothingWhereNoReleaseIsInEffect) {
  for (const std::vector<Release>& all : {std::vector<Release>{}, {deployed("v1", "", State::rolled_back)}}) {
    for (const std::string to : {"", "v1"}) {
      const ErrorInfo info = fails(all, to);
      EXPECT_EQ(info.code, "nothing_to_roll_back");
      EXPECT_EQ(info.exit, Exit::refused);
      EXPECT_EQ(info.object, "app");
    }
  }
}

TEST(Undone, IsNothingToComeToTheVersionThatIsThere) {
  const ErrorInfo info = fails({deployed("v1", ""), deployed("v2", "v1")}, "v2");
  EXPECT_EQ(info.code, "nothing_to_roll_back");
  EXPECT_EQ(info.message, "v2 is the current release already");
}

// The deploy of v2 over v2 failed: what was before is v2 as well.
TEST(Undone, IsTheFailedDeployOfTheVersionThatIsAskedFor) {
  const Undone undone = choose_undone({deployed("v2", "v1"), deployed("v2", "v2", State::failed)}, "v2", "app");
  EXPECT_EQ(undone.releases.size(), 1U);
  EXPECT_EQ(undone.first().previous, "v2");
}

TEST(Undone, NamesTheVersionsThatThereAre) {
  const ErrorInfo info = fails({deployed("v2", "v1"), deployed("v3", "v2"), deployed("v4", "v3")}, "v9");
  EXPECT_EQ(info.code, "no_such_release");
  EXPECT_EQ(info.exit, Exit::usage);
  EXPECT_EQ(info.object, "v9");
  EXPECT_NE(info.next.find("v1, v2, v3;"), std::string::npos) << info.next;
  EXPECT_EQ(fails({deployed("v1", "")}, "v9").next, "`dbrollback releases` lists them");
}

}  // namespace
}  // namespace dbrollback::recovery
