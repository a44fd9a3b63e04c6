#include "engine/repository/select.hpp"

#include "tests/support/unit.hpp"

namespace dbrollback::repository {
namespace {

SnapshotSummary snapshot(const std::string& id, const std::string& version = "", const std::string& database = "app") {
  SnapshotSummary out;
  out.id = id;
  out.app_version = version;
  out.database = database;
  out.reason = "snapshot";
  return out;
}

SnapshotSummary before_restore(SnapshotSummary of) {
  of.reason = "before restore of 20261101T000000Z-0000";
  return of;
}

std::string chosen(const std::vector<SnapshotSummary>& all, const std::string& spec, const std::string& database = "") {
  return select(all, spec, database).id;
}

ErrorInfo refusal(const std::vector<SnapshotSummary>& all, const std::string& spec, const std::string& database = "") {
  const ErrorInfo info = test::error_of([&] { (void)select(all, spec, database); });
  EXPECT_EQ(info.exit, Exit::usage);
  return info;
}

const std::vector<SnapshotSummary> three = {snapshot("20261118T100000Z-aaaa"), snapshot("20261119T100000Z-bbbb"),
                                            snapshot("20261119T110000Z-cccc")};

TEST(Select, FindsAFullId) { EXPECT_EQ(chosen(three, "20261119T100000Z-bbbb"), "20261119T100000Z-bbbb"); }

TEST(Select, FindsAUniqueBeginning) { EXPECT_EQ(chosen(three, "20261118"), "20261118T100000Z-aaaa"); }

TEST(Select, TakesAFullIdThatAnotherOneBeginsWith) {
  EXPECT_EQ(
      chosen({snapshot("20261119T100000Z-bbbb"), snapshot("20261119T100000Z-bbbb-cccc")}, "20261119T100000Z-bbbb"),
      "20261119T100000Z-bbbb");
}

TEST(Select, RefusesTheBeginningOfSeveralAndNamesThem) {
  const ErrorInfo info = refusal(three, "20261119");
  EXPECT_EQ(info.code, "ambiguous_id");
  EXPECT_EQ(info.message, "'20261119' is the beginning of 2 snapshots: 20261119T100000Z-bbbb, 20261119T110000Z-cccc");
}

TEST(Select, RefusesWhatNoIdBeginsWith) {
  EXPECT_EQ(refusal(three, "2027").code, "unknown_id");
  EXPECT_EQ(refusal(three, "").code, "unknown_id");
  EXPECT_EQ(refusal(three, "\x1B[2J").message, "there is no snapshot '\\x1B[2J'");
}

TEST(Select, FindsTheLatest) { EXPECT_EQ(chosen(three, "latest"), "20261119T110000Z-cccc"); }

TEST(Select, SaysWhenThereIsNoneYet) {
  EXPECT_EQ(refusal({}, "latest").code, "no_snapshots");
  EXPECT_EQ(refusal(three, "latest", "web").message, "there is no snapshot of web yet");
}

TEST(Select, NeverTakesTheStateBeforeARestoreForTheLatest) {
  const auto undo = before_restore(snapshot("20261120T100000Z-dddd", "v9"));
  auto all = three;
  all.push_back(undo);
  EXPECT_EQ(chosen(all, "latest"), "20261119T110000Z-cccc");
  EXPECT_EQ(refusal(all, "before:v9").code, "unknown_version");
  EXPECT_EQ(chosen(all, undo.id), undo.id) << "by its id it is found";
  EXPECT_EQ(chosen(all, "20261120"), undo.id);
  EXPECT_EQ(refusal({undo}, "latest").code, "no_snapshots");
}

TEST(Select, NeverTakesAPartForTheLatest) {
  auto part = snapshot("20261120T100000Z-dddd", "v9");
  part.partial = true;
  auto all = three;
  all.push_back(part);
  EXPECT_EQ(chosen(all, "latest"), "20261119T110000Z-cccc");
  EXPECT_EQ(refusal(all, "before:v9").code, "unknown_version");
  EXPECT_EQ(chosen(all, "20261120"), part.id) << "by its id it is found";
  EXPECT_NE(refusal({part}, "latest").message.find("no whole snapshot"), std::string::npos);
  EXPECT_EQ(refusal({part}, "latest", "web").message, "there is no snapshot of web yet");
}

TEST(Select, NarrowsTheChoiceToADatabase) {
  const std::vector<SnapshotSummary> all = {snapshot("20261118T100000Z-aaaa", "v1", "app"),
                                            snapshot("20261119T100000Z-bbbb", "v1", "web")};
  EXPECT_EQ(chosen(all, "latest", "app"), "20261118T100000Z-aaaa");
  EXPECT_EQ(chosen(all, "before:v1", "app"), "20261118T100000Z-aaaa");
  EXPECT_EQ(chosen(all, "2026", "web"), "20261119T100000Z-bbbb");
  EXPECT_EQ(refusal(all, "20261119", "app").code, "unknown_id");
}

TEST(Select, AsksWhichDatabaseWhenThereAreSeveral) {
  const std::vector<SnapshotSummary> all = {snapshot("20261118T100000Z-aaaa", "v1", "app"),
                                            snapshot("20261119T100000Z-bbbb", "v1", "web")};
  EXPECT_EQ(refusal(all, "latest").message, "'latest' could be of several databases: app, web");
  EXPECT_EQ(refusal(all, "before:v1").code, "ambiguous_database");
}

TEST(Select, NamesDatabasesAsATerminalCanShowThem) {
  const std::vector<SnapshotSummary> all = {snapshot("20261118T100000Z-aaaa", "v1", "app"),
                                            snapshot("20261119T100000Z-bbbb", "v1", "w\x1B[2Jb")};
  EXPECT_EQ(refusal(all, "latest").message, "'latest' could be of several databases: app, w\\x1B[2Jb");
}

TEST(Select, DoesNotMistakeAnUnreadableOneForAnotherDatabase) {
  auto all = three;
  all.push_back(snapshot("20261120T100000Z-dddd", "", ""));
  EXPECT_EQ(chosen(all, "latest"), "20261119T110000Z-cccc");
  EXPECT_EQ(chosen(all, "20261120T100000Z-dddd"), "20261120T100000Z-dddd");
  EXPECT_EQ(chosen(all, "20261120T100000Z-dddd", "app"), "20261120T100000Z-dddd") << "its full id finds it";
}

TEST(SelectBefore, FindsTheSnapshotTakenForAVersion) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "v1"), snapshot("2", "v2"), snapshot("3")};
  EXPECT_EQ(chosen(all, "before:v1"), "1");
  EXPECT_EQ(chosen(all, "before:v2"), "2");
}

// When a version was deployed twice in a row, the second snapshot already holds what the version did.
TEST(SelectBefore, FindsTheFirstOfARunOfOneVersion) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "A"), snapshot("2", "B"), snapshot("3", "B"),
                                            snapshot("4", "B")};
  EXPECT_EQ(chosen(all, "before:B"), "2");
}

TEST(SelectBefore, FindsTheLatestRunOfAVersionThatCameBack) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "A"), snapshot("2", "B"), snapshot("3", "A"),
                                            snapshot("4", "B")};
  EXPECT_EQ(chosen(all, "before:A"), "3");
  EXPECT_EQ(chosen(all, "before:B"), "4");
}

TEST(SelectBefore, GoesOverSnapshotsWithoutAVersion) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "A"), snapshot("2", "B"), snapshot("3"), snapshot("4", "B"),
                                            snapshot("5")};
  EXPECT_EQ(chosen(all, "before:B"), "2") << "a nightly snapshot is no deploy";
}

TEST(SelectBefore, GoesOverTheStateBeforeARestore) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "B"), before_restore(snapshot("2", "A")), snapshot("3", "B")};
  EXPECT_EQ(chosen(all, "before:B"), "1");
}

TEST(SelectBefore, NamesTheVersionsThatThereAre) {
  const std::vector<SnapshotSummary> all = {snapshot("1", "A"), snapshot("2", "B"), snapshot("3", "A"), snapshot("4")};
  EXPECT_EQ(refusal(all, "before:C").message, "no snapshot was taken for version C; the newest are for A, B");
  EXPECT_EQ(refusal({snapshot("4")}, "before:C").message, "no snapshot was taken for version C");
  EXPECT_EQ(refusal(all, "before:").code, "unknown_version");
}

}  // namespace
}  // namespace dbrollback::repository
