#include "tools/commands/freshness.hpp"

#include <gtest/gtest.h>

namespace dbrollback::commands {
namespace {

using namespace std::chrono_literals;

SnapshotSummary snapshot(const std::string& id, const std::string& database, Time created) {
  SnapshotSummary summary;
  summary.id = id;
  summary.database = database;
  summary.created = created;
  return summary;
}

DatabaseConfig configured(const std::string& name) {
  DatabaseConfig database;
  database.name = name;
  return database;
}

const Time now{10000h};
const std::vector<SnapshotSummary> snapshots{snapshot("1", "app", now - 72h), snapshot("2", "web", now - 50h),
                                             snapshot("3", "app", now - 24h)};

TEST(NewestOfEach, IsOneOfEachDatabase) {
  const std::vector<SnapshotSummary> newest = newest_of_each(snapshots);
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].id, "2");
  EXPECT_EQ(newest[1].id, "3");
}

TEST(TooOld, LooksAtTheNewestOfEachDatabase) {
  EXPECT_EQ(too_old(snapshots, {}, 36h, now),
            (std::vector<std::string>{"the newest snapshot of web, 2, is 2 d old, which is more than 1 d 12 h"}));
  EXPECT_TRUE(too_old(snapshots, {}, 50h, now).empty());
}

TEST(TooOld, MissesTheDatabaseThatNobodyTakesSnapshotsOf) {
  EXPECT_EQ(too_old(snapshots, {configured("app"), configured("shop")}, 50h, now),
            (std::vector<std::string>{"there is no snapshot of shop"}));
}

}  // namespace
}  // namespace dbrollback::commands
