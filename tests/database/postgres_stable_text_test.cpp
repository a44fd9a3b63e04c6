#include <gtest/gtest.h>

#include "engine/database/postgres/stable_text.hpp"

namespace dbrollback::database::postgres {
namespace {

TEST(PostgresStableText, WritesACastOfAnArrayAsCastsOfItsElements) {
  EXPECT_EQ(
      stable_text("CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y,]'::character varying])::text[])))"),
      "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y,]'::character varying)::text])))");
  EXPECT_EQ(stable_text("(ARRAY[f(1, 2), (ARRAY[3])::s.\"t]\"[]])::numeric(10,2)[] = x"),
            "ARRAY[(f(1, 2))::numeric(10,2), (ARRAY[(3)::s.\"t]\"])::numeric(10,2)] = x");
}

TEST(PostgresStableText, LeavesEverythingElse) {
  for (const char* const text : {"", "ARRAY[1, 2]", "(ARRAY[1, 2])", "(ARRAY[1, 2])::text", "(ARRAY[1, 2", "(ARRAY['",
                                 "(ARRAY[1])::", "(ARRAY[1)::text[]", "(ARRAY[1])::text; x[]", "(ARRAY["}) {
    EXPECT_EQ(stable_text(text), text);
  }
}

}  // namespace
}  // namespace dbrollback::database::postgres
