#include "tools/cli/text.hpp"

#include <gtest/gtest.h>

namespace dbrollback::cli {
namespace {

TEST(DisplayWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width("orders"), 6U);
  EXPECT_EQ(display_width("größe"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U) << "a combining mark takes no column";
  EXPECT_EQ(display_width("🚀"), 2U);
}

TEST(Shorten, NeverExceedsTheWidthAndSaysThatSomethingIsMissing) {
  EXPECT_EQ(shorten("orders", 6), "orders");
  EXPECT_EQ(shorten("orders", 5), "orde…");
  EXPECT_EQ(shorten("日本語", 4), "日…") << "half a letter would not fit";
  EXPECT_EQ(shorten("a b c", 3), "a…") << "no space before the ellipsis";
  EXPECT_EQ(shorten("orders", 0), "");
}

TEST(Printable, LeavesNothingThatMovesACursor) {
  EXPECT_EQ(printable("größe 日本 🚀"), "größe 日本 🚀");
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1B[31mb");
  EXPECT_EQ(printable("a\nb"), "a\\x0Ab");
  EXPECT_EQ(printable("a\nb", true), "a\nb");
  EXPECT_EQ(printable("\xff\xc3"), "\\xFF\\xC3") << "not UTF-8";
  EXPECT_EQ(printable("\xc2\x9b"), "\\xC2\\x9B") << "a control character beyond ASCII";
  EXPECT_EQ(printable("\u202e"), "\\xE2\\x80\\xAE") << "would turn the rest of the line around";
}

TEST(Wrap, BreaksAtSpacesOnly) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("a verylongword b", 4), (std::vector<std::string>{"a", "verylongword", "b"}));
}

TEST(SplitList, TakesCommasInDoubleQuotesAsPartOfAName) {
  EXPECT_EQ(split_list("a,b"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(split_list("\"a,b\",c"), (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(split_list(",a,,"), (std::vector<std::string>{"a"}));
}

TEST(ShellQuote, QuotesOnlyWhereAShellWouldDivideOrExpand) {
  EXPECT_EQ(shell_quote("/srv/app.db"), "/srv/app.db");
  EXPECT_EQ(shell_quote("my file"), "'my file'");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote(""), "''");
}

}  // namespace
}  // namespace dbrollback::cli
