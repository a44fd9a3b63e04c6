#include "engine/snapshot/id.hpp"

#include <gtest/gtest.h>

#include <set>

#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {
namespace {

base::Time moment() { return *base::time_from_iso("2026-11-20T23:30:15.999Z"); }

// The id without its random end.
std::string named(std::string_view version) {
  const std::string id = make_id(moment(), version);
  EXPECT_TRUE(is_id(id)) << id;
  EXPECT_TRUE(storage::is_valid_name("snapshots/" + id + "/manifest.json")) << id;
  return id.substr(0, id.size() - 5);
}

TEST(Id, SaysWhenAndWhatFor) {
  EXPECT_EQ(named("v1.4.2"), "20261120T233015Z-v1.4.2");
  EXPECT_EQ(named(""), "20261120T233015Z");
}

TEST(Id, HasTheCharactersOfAFileNameWhateverTheVersion) {
  EXPECT_EQ(named("release/2026 11"), "20261120T233015Z-release_2026_11");
  EXPECT_EQ(named("../../etc"), "20261120T233015Z-.._.._etc");
  EXPECT_EQ(named("a\nb"), "20261120T233015Z-a_b");
  EXPECT_EQ(named("1.0+build;rm"), "20261120T233015Z-1.0_build_rm");
  EXPECT_EQ(named("é"), "20261120T233015Z-__");
  EXPECT_EQ(named(std::string_view("\0", 1)), "20261120T233015Z-_");
  EXPECT_EQ(named("-"), "20261120T233015Z--");
  EXPECT_EQ(named(".."), "20261120T233015Z-..");
}

TEST(Id, KeepsTheBeginningOfALongVersion) {
  EXPECT_EQ(named(std::string(40, 'x')), "20261120T233015Z-" + std::string(40, 'x'));
  EXPECT_EQ(named(std::string(1000, 'x')), "20261120T233015Z-" + std::string(40, 'x'));
}

TEST(Id, IsAnotherOneForTheSameMomentAndVersion) {
  std::set<std::string> ids;
  for (int i = 0; i < 8; ++i) {
    ids.insert(make_id(moment(), "v1"));
  }
  EXPECT_GT(ids.size(), 1U);
}

TEST(Id, SortsByTime) {
  EXPECT_LT(make_id(*base::time_from_iso("2026-11-20T23:30:14Z"), "zzz"),
            make_id(*base::time_from_iso("2026-11-20T23:30:15Z"), ""));
}

TEST(Id, IsToldFromOtherText) {
  EXPECT_TRUE(is_id("20261120T233015Z-7f3a"));
  EXPECT_TRUE(is_id("20261120T233015Z-v1.4.2-7f3a"));
  for (const char* text :
       {"", "latest", "20261120T233015Z", "20261120T233015Z-", "20261120T233015Z-7f3", "20261120T233015Z-7F3A",
        "20261120T233015Z-v1/2-7f3a", "20261120T233015Z-v1 2-7f3a", "20261120t233015z-7f3a", "2026112OT233015Z-7f3a",
        "20261120T233015Z-v1.4.2", " 20261120T233015Z-7f3a", "20261120T233015Z-7f3a\n", "20261120T233015Z_7f3a",
        "../../../../../../../"}) {
    EXPECT_FALSE(is_id(text)) << text;
  }
  EXPECT_FALSE(is_id("20261120T233015Z-" + std::string(41, 'x') + "-7f3a")) << "longer than any that is made";
}

}  // namespace
}  // namespace dbrollback::snapshot
