#include "engine/repository/retention.hpp"

#include <map>

#include "engine/base/time.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::repository {
namespace {

constexpr Retention nothing{.last = 0, .daily = 0, .weekly = 0, .monthly = 0};

SnapshotSummary taken(const std::string& when, const std::string& database = "app") {
  SnapshotSummary out;
  out.id = when;
  out.database = database;
  out.lineage = "lineage of " + database;
  out.created = *base::time_from_iso(when);
  return out;
}

SnapshotSummary verified(SnapshotSummary snapshot) {
  snapshot.proof = Proof::stored;
  return snapshot;
}

SnapshotSummary damaged(SnapshotSummary snapshot) {
  snapshot.damaged = true;
  return snapshot;
}

SnapshotSummary pinned(SnapshotSummary snapshot) {
  snapshot.pinned = true;
  snapshot.pin_reason = "audit";
  return snapshot;
}

SnapshotSummary part(SnapshotSummary snapshot) {
  snapshot.partial = true;
  return snapshot;
}

using Kept = std::map<std::string, std::vector<std::string>>;

// What stays, and why.
Kept kept(const std::vector<SnapshotSummary>& all, const Retention& keep, const std::string& timezone = "UTC") {
  Kept out;
  const auto decisions = decide(all, keep, timezone);
  EXPECT_EQ(decisions.size(), all.size());
  for (const auto& decision : decisions) {
    if (!decision.kept_because.empty()) {
      out[decision.snapshot.id] = decision.kept_because;
    }
  }
  return out;
}

TEST(Retention, CountsThoseOfChosenTablesApart) {
  const std::vector<SnapshotSummary> all = {taken("2026-11-18T10:00:00Z"), taken("2026-11-19T10:00:00Z"),
                                            part(taken("2026-11-20T10:00:00Z")), part(taken("2026-11-20T11:00:00Z"))};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-19T10:00:00Z", {"last 1"}}, {"2026-11-20T11:00:00Z", {"last 1"}}}));
  keep = nothing;
  keep.daily = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-19T10:00:00Z", {"daily"}}})) << "they stand for no day";
}

TEST(Retention, KeepsTheOnlyVerifiedWholeOne) {
  const auto whole = verified(taken("2026-11-18T10:00:00Z"));
  const auto of_tables = verified(part(taken("2026-11-19T10:00:00Z")));
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept({whole, taken("2026-11-18T11:00:00Z"), of_tables}, keep),
            (Kept{{"2026-11-18T10:00:00Z", {"the only verified one"}},
                  {"2026-11-18T11:00:00Z", {"last 1"}},
                  {"2026-11-19T10:00:00Z", {"last 1"}}}));
  EXPECT_EQ(kept({of_tables, part(taken("2026-11-20T10:00:00Z"))}, keep),
            (Kept{{"2026-11-19T10:00:00Z", {"the only verified one"}}, {"2026-11-20T10:00:00Z", {"last 1"}}}));
}

TEST(Retention, KeepsTheLast) {
  const std::vector<SnapshotSummary> all = {taken("2026-11-20T10:00:00Z"), taken("2026-11-20T11:00:00Z"),
                                            taken("2026-11-20T12:00:00Z")};
  Retention keep = nothing;
  keep.last = 2;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-20T11:00:00Z", {"last 2"}}, {"2026-11-20T12:00:00Z", {"last 2"}}}));
}

TEST(Retention, KeepsNothingWhenToldSo) {
  EXPECT_EQ(kept({taken("2026-11-20T10:00:00Z")}, nothing), Kept{});
  EXPECT_EQ(kept({}, nothing), Kept{});
}

TEST(Retention, KeepsTheNewestOfEachOfTheLastDays) {
  const std::vector<SnapshotSummary> all = {taken("2026-11-01T10:00:00Z"), taken("2026-11-18T10:00:00Z"),
                                            taken("2026-11-18T23:00:00Z"), taken("2026-11-20T10:00:00Z"),
                                            taken("2026-11-20T11:00:00Z")};
  Retention keep = nothing;
  keep.daily = 2;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-18T23:00:00Z", {"daily"}}, {"2026-11-20T11:00:00Z", {"daily"}}}))
      << "days without a snapshot do not count";
}

TEST(Retention, KeepsTheNewestOfEachOfTheLastWeeks) {
  const std::vector<SnapshotSummary> all = {
      taken("2026-12-27T23:00:00Z"),  // a Sunday
      taken("2026-12-28T10:00:00Z"),  // the Monday after it
      taken("2027-01-03T10:00:00Z"),  // its Sunday: the same week, in another year
      taken("2027-01-04T10:00:00Z")};
  Retention keep = nothing;
  keep.weekly = 3;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-12-27T23:00:00Z", {"weekly"}},
                                   {"2027-01-03T10:00:00Z", {"weekly"}},
                                   {"2027-01-04T10:00:00Z", {"weekly"}}}));
}

TEST(Retention, KeepsTheNewestOfEachOfTheLastMonths) {
  const std::vector<SnapshotSummary> all = {taken("2025-11-30T10:00:00Z"), taken("2026-10-01T10:00:00Z"),
                                            taken("2026-10-31T10:00:00Z"), taken("2026-11-01T10:00:00Z")};
  Retention keep = nothing;
  keep.monthly = 3;
  EXPECT_EQ(kept(all, keep), (Kept{{"2025-11-30T10:00:00Z", {"monthly"}},
                                   {"2026-10-31T10:00:00Z", {"monthly"}},
                                   {"2026-11-01T10:00:00Z", {"monthly"}}}))
      << "the same month of two years is two months";
}

TEST(Retention, SaysEveryReason) {
  EXPECT_EQ(kept({pinned(taken("2026-11-20T10:00:00Z"))}, {.last = 1, .daily = 1, .weekly = 1, .monthly = 1}),
            (Kept{{"2026-11-20T10:00:00Z", {"pinned: audit", "last 1", "daily", "weekly", "monthly"}}}));
}

TEST(Retention, CountsDaysInItsTimeZone) {
  // 23:30 and 00:30 in Berlin, on two days; on one in UTC.
  const std::vector<SnapshotSummary> all = {taken("2026-11-19T22:30:00Z"), taken("2026-11-19T23:30:00Z")};
  Retention keep = nothing;
  keep.daily = 5;
  EXPECT_EQ(kept(all, keep, "UTC").size(), 1U);
  EXPECT_EQ(kept(all, keep, "Europe/Berlin").size(), 2U);
}

TEST(Retention, CountsMonthsInItsTimeZone) {
  const std::vector<SnapshotSummary> all = {taken("2026-11-01T03:00:00Z"), taken("2026-11-01T04:00:00Z")};
  Retention keep = nothing;
  keep.monthly = 5;
  EXPECT_EQ(kept(all, keep, "UTC").size(), 1U);
  EXPECT_EQ(kept(all, keep, "America/New_York").size(), 2U);
}

TEST(Retention, NeedsATimeZoneThatThereIs) {
  Retention keep = nothing;
  keep.daily = 1;
  EXPECT_EQ(test::error_of([&] { (void)decide({taken("2026-11-01T03:00:00Z")}, keep, "Mars"); }).exit, Exit::usage);
}

TEST(Retention, NeverRemovesWhatIsPinned) {
  const std::vector<SnapshotSummary> all = {pinned(taken("2020-01-01T00:00:00Z")), taken("2026-11-20T10:00:00Z")};
  EXPECT_EQ(kept(all, nothing), (Kept{{"2020-01-01T00:00:00Z", {"pinned: audit"}}}));
}

TEST(Retention, CountsAPinnedOneForItsRulesToo) {
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept({taken("2026-11-19T10:00:00Z"), pinned(taken("2026-11-20T10:00:00Z"))}, keep).size(), 1U);
}

TEST(Retention, NeverRemovesTheOnlyVerifiedOne) {
  const std::vector<SnapshotSummary> all = {verified(taken("2026-11-18T10:00:00Z")),
                                            verified(taken("2026-11-19T10:00:00Z")), taken("2026-11-20T10:00:00Z")};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep),
            (Kept{{"2026-11-19T10:00:00Z", {"the only verified one"}}, {"2026-11-20T10:00:00Z", {"last 1"}}}))
      << "the newest of the verified ones";
}

TEST(Retention, NeedsNoMoreWhenAKeptOneIsVerified) {
  const std::vector<SnapshotSummary> all = {verified(taken("2026-11-19T10:00:00Z")),
                                            verified(taken("2026-11-20T10:00:00Z"))};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-20T10:00:00Z", {"last 1"}}}));
}

TEST(Retention, DoesNotTakeADamagedOneForAVerifiedOne) {
  const std::vector<SnapshotSummary> all = {verified(taken("2026-11-19T10:00:00Z")),
                                            damaged(verified(taken("2026-11-20T10:00:00Z")))};
  EXPECT_EQ(kept(all, nothing), (Kept{{"2026-11-19T10:00:00Z", {"the only verified one"}}}));
}

TEST(Retention, CountsDamagedOnesForNoRule) {
  const std::vector<SnapshotSummary> all = {taken("2026-11-18T10:00:00Z"), taken("2026-11-20T09:00:00Z"),
                                            damaged(taken("2026-11-20T10:00:00Z"))};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep),
            (Kept{{"2026-11-20T09:00:00Z", {"last 1"}}, {"2026-11-20T10:00:00Z", {"damaged: kept to be looked at"}}}));
  keep = nothing;
  keep.daily = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-20T09:00:00Z", {"daily"}}}));
}

TEST(Retention, LetsNoStateBeforeARestoreStandForItsDay) {
  SnapshotSummary bad = taken("2026-11-20T14:00:00Z");
  bad.reason = "before restore of 20261120T021500Z-0000";
  const std::vector<SnapshotSummary> all = {taken("2026-11-20T02:15:00Z"), bad};
  Retention keep = nothing;
  keep.daily = keep.weekly = keep.monthly = 5;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-20T02:15:00Z", {"daily", "weekly", "monthly"}}}));
  keep.last = 1;
  EXPECT_EQ(kept(all, keep).at("2026-11-20T14:00:00Z"), std::vector<std::string>{"last 1"});
}

TEST(Retention, RemovesADamagedOneByRule) {
  const std::vector<SnapshotSummary> all = {damaged(taken("2026-11-18T10:00:00Z")), taken("2026-11-20T09:00:00Z")};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-20T09:00:00Z", {"last 1"}}}));
}

TEST(Retention, KeepsWhatItCannotRead) {
  SnapshotSummary unreadable = damaged(taken("2020-01-01T00:00:00Z"));
  unreadable.database.clear();
  unreadable.lineage.clear();
  EXPECT_EQ(kept({unreadable}, nothing).size(), 1U);
}

TEST(Retention, CountsEachDatabaseAlone) {
  const std::vector<SnapshotSummary> all = {verified(taken("2026-11-18T10:00:00Z", "app")),
                                            taken("2026-11-19T10:00:00Z", "web"),
                                            verified(taken("2026-11-20T10:00:00Z", "web"))};
  Retention keep = nothing;
  keep.last = 1;
  EXPECT_EQ(kept(all, keep), (Kept{{"2026-11-18T10:00:00Z", {"last 1"}}, {"2026-11-20T10:00:00Z", {"last 1"}}}));
  EXPECT_EQ(kept(all, nothing), (Kept{{"2026-11-18T10:00:00Z", {"the only verified one"}},
                                      {"2026-11-20T10:00:00Z", {"the only verified one"}}}));
}

TEST(Retention, DecidesOldestFirstDatabaseByDatabase) {
  const auto decisions = decide({taken("2026-11-18T10:00:00Z", "web"), taken("2026-11-19T10:00:00Z", "app"),
                                 taken("2026-11-20T10:00:00Z", "web")},
                                nothing, "UTC");
  std::vector<std::string> order;
  for (const auto& decision : decisions) {
    order.push_back(decision.snapshot.id);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"2026-11-19T10:00:00Z", "2026-11-18T10:00:00Z", "2026-11-20T10:00:00Z"}));
}

SnapshotSummary referring(SnapshotSummary snapshot, std::vector<std::string> holders) {
  snapshot.holders = std::move(holders);
  return snapshot;
}

TEST(Retention, KeepsWhatASnapshotThatStaysRefersTo) {
  const std::string first = "2026-11-20T10:00:00Z";
  const std::string second = "2026-11-20T11:00:00Z";
  const std::string third = "2026-11-20T12:00:00Z";
  Retention keep = nothing;
  keep.last = 1;
  const std::vector<SnapshotSummary> all = {taken(first), referring(taken(second), {first}),
                                            referring(taken(third), {first})};
  EXPECT_EQ(kept(all, keep), (Kept{{first, {"holds pages of 1 snapshot that stays"}}, {third, {"last 1"}}}));
  keep.last = 2;
  EXPECT_EQ(kept(all, keep)[first], (std::vector<std::string>{"holds pages of 2 snapshots that stay"}));
  EXPECT_TRUE(kept(all, nothing).empty()) << "what nobody keeps goes together";
}

TEST(Retention, KeepsWhatIsReferredToByWhatIsOnlyReferredTo) {
  const std::string a = "2026-11-20T10:00:00Z";
  const std::string b = "2026-11-20T11:00:00Z";
  const std::string c = "2026-11-20T12:00:00Z";
  Retention keep = nothing;
  keep.last = 1;
  // c needs only b; but b stays as a snapshot, and must stay whole.
  const auto staying = kept({taken(a), referring(taken(b), {a}), referring(taken(c), {b})}, keep);
  EXPECT_EQ(staying.size(), 3U);
}

TEST(Retention, KeepsWhatAnUnreadableManifestMayReferTo) {
  SnapshotSummary unreadable;
  unreadable.id = "2026-11-20T11:00:00Z";
  unreadable.created = *base::time_from_iso(unreadable.id);
  unreadable.damaged = true;
  const auto staying = kept({taken("2026-11-20T10:00:00Z"), unreadable, taken("2026-11-20T12:00:00Z")}, nothing);
  EXPECT_EQ(staying.size(), 2U);
  EXPECT_EQ(staying.at("2026-11-20T10:00:00Z"),
            (std::vector<std::string>{"may hold pages of 2026-11-20T11:00:00Z, whose manifest cannot be read"}));
}

}  // namespace
}  // namespace dbrollback::repository
