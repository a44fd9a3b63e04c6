#include "engine/base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace dbrollback::base {
namespace {

TEST(Text, IsPutTogetherFromTextAndIntegers) {
  EXPECT_EQ(cat("page ", 5, " of ", std::string("app.db"), ':', std::uint64_t{18446744073709551615U}),
            "page 5 of app.db:18446744073709551615");
  EXPECT_EQ(cat(), "");
}

TEST(Text, IsJoinedWithASeparatorBetweenParts) {
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
}

TEST(Text, CountsOneAndMany) {
  EXPECT_EQ(plural(0, "row"), "0 rows");
  EXPECT_EQ(plural(1, "row"), "1 row");
  EXPECT_EQ(plural(2, "row"), "2 rows");
  EXPECT_EQ(plural(1, "index", "indexes"), "1 index");
  EXPECT_EQ(plural(3, "index", "indexes"), "3 indexes");
}

TEST(Text, ShowsBytesInDecimalUnits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(9949), "9.9 kB");
  EXPECT_EQ(human_bytes(9950), "10 kB");
  EXPECT_EQ(human_bytes(412'300'000), "412 MB");
}

TEST(Text, NeverShowsAThousandOfASmallerUnit) {
  EXPECT_EQ(human_bytes(999'499), "999 kB");
  EXPECT_EQ(human_bytes(999'500), "1.0 MB");
  EXPECT_EQ(human_bytes(999'999'999), "1.0 GB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "18446744 TB");
}

TEST(Text, ShowsDurationsInTheUnitThatAPersonWouldUse) {
  using std::chrono::milliseconds;
  EXPECT_EQ(human_duration(milliseconds(0)), "0 ms");
  EXPECT_EQ(human_duration(milliseconds(999)), "999 ms");
  EXPECT_EQ(human_duration(milliseconds(1500)), "1.5 s");
  EXPECT_EQ(human_duration(milliseconds(119'000)), "119 s");
  EXPECT_EQ(human_duration(milliseconds(720'000)), "12 min");
  EXPECT_EQ(human_duration(milliseconds(7'200'000)), "2.0 h");
}

TEST(Printable, KeepsWhatATerminalCanShow) {
  EXPECT_EQ(printable("orders"), "orders");
  EXPECT_EQ(printable("übergröße 表 🦊"), "übergröße 表 🦊");
}

TEST(Printable, EscapesWhatWouldMoveTheCursor) {
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\x0Ab\\x09c\\x0Dd");
  EXPECT_EQ(printable("\x1B[31mred\x7F"), "\\x1B[31mred\\x7F");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\xC2\\x9B31m")
      << "C1 control characters too";
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xFF"), "\\xFF");
  EXPECT_EQ(printable("\xC3"), "\\xC3") << "cut off";
  EXPECT_EQ(printable("\xC3("
                      "x"),
            "\\xC3(x");
  EXPECT_EQ(printable("\xC0\xAF"), "\\xC0\\xAF") << "longer than need be";
  EXPECT_EQ(printable("\xE0\x82\x9B"), "\\xE0\\x82\\x9B") << "a C1 control character, longer than need be";
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "half of a surrogate pair";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80") << "beyond the last character";
}

TEST(Utf8, IsToldFromOtherBytes) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("表\n\x7F"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(
      is_utf8("a\xFF"
              "b"));
  EXPECT_FALSE(is_utf8("\xF0\x80\x80\x80"));
  EXPECT_FALSE(is_utf8("\xE8\xA1"));
}

TEST(Hexadecimal, GoesThereAndBack) {
  const std::string bytes("\x00\x7F\x80\xFF", 4);
  EXPECT_EQ(hex_of(bytes_of(bytes)), "007f80ff");
  EXPECT_EQ(bytes_from_hex("007f80ff"), bytes);
  EXPECT_EQ(bytes_from_hex(""), "");
}

TEST(Hexadecimal, IsNothingElse) {
  EXPECT_FALSE(bytes_from_hex("0"));
  EXPECT_FALSE(bytes_from_hex("0G"));
  EXPECT_FALSE(bytes_from_hex("FF")) << "there is one way to write a byte";
}

}  // namespace
}  // namespace dbrollback::base
