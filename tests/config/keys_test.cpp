#include "engine/config/keys.hpp"

#include <gtest/gtest.h>

namespace dbrollback::config_test {
namespace {

using config::edit_distance;
using config::nearest_name;

TEST(EditDistance, CountsSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("level", "level"), 0U);
  EXPECT_EQ(edit_distance("levl", "level"), 1U);
  EXPECT_EQ(edit_distance("leevel", "level"), 1U);
  EXPECT_EQ(edit_distance("lewel", "level"), 1U);
  EXPECT_EQ(edit_distance("levle", "level"), 1U) << "two neighbours swapped";
  EXPECT_EQ(edit_distance("LEVEL", "level"), 0U);
  EXPECT_EQ(edit_distance("", "sql"), 3U);
}

TEST(NearestName, IsTheOneThatWasMeant) {
  EXPECT_EQ(nearest_name("levle", {"url", "level"}), "level");
  EXPECT_EQ(nearest_name("uri", {"url", "level"}), "url");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("x", {"url", "level"}), "");
  EXPECT_EQ(nearest_name("colour", {"url", "level"}), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'x'), {"url"}), "");
}

}  // namespace
}  // namespace dbrollback::config_test
