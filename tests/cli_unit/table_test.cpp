#include "tools/cli/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

const std::string id = "20261120T233015Z-v1.4.2-7f3a";

Table sample() {
  using enum Column::Align;
  Table table({{.title = "id"},
               {.title = "age", .align = right},
               {.title = "taken", .expendable = 1},
               {.title = "proof", .least = 8},
               {.title = "pinned", .least = 6}});
  table.row({{id}, {"2 h"}, {"2026-11-21 02:15 +0100"}, {"restored 2 h ago"}, {""}});
  table.row({{id}, {"143 d"}, {"2026-07-01 02:15 +0200"}, {"not yet proven"}, {""}});
  return table;
}

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, display_width(line));
  return most;
}

TEST(Table, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(sample().render(200, false),
            "id                              age  taken                   proof\n"
            "20261120T233015Z-v1.4.2-7f3a    2 h  2026-11-21 02:15 +0100  restored 2 h ago\n"
            "20261120T233015Z-v1.4.2-7f3a  143 d  2026-07-01 02:15 +0200  not yet proven\n");
}

TEST(Table, LeavesExpendableColumnsOutFirst) {
  EXPECT_EQ(sample().render(60, false),
            "id                              age  proof\n"
            "20261120T233015Z-v1.4.2-7f3a    2 h  restored 2 h ago\n"
            "20261120T233015Z-v1.4.2-7f3a  143 d  not yet proven\n");
}

TEST(Table, ThenShortensWhatMayBeShortened) {
  EXPECT_EQ(sample().render(48, false),
            "id                              age  proof\n"
            "20261120T233015Z-v1.4.2-7f3a    2 h  restored 2…\n"
            "20261120T233015Z-v1.4.2-7f3a  143 d  not yet pr…\n");
}

TEST(Table, AtLastGivesTheFirstColumnALineOfItsOwn) {
  EXPECT_EQ(sample().render(40, false),
            "id\n"
            "      age  proof\n"
            "20261120T233015Z-v1.4.2-7f3a\n"
            "      2 h  restored 2 h ago\n"
            "20261120T233015Z-v1.4.2-7f3a\n"
            "    143 d  not yet proven\n");
}

TEST(Table, NeverShortensItsFirstColumnNorExceedsTheWidth) {
  for (std::size_t width = 28; width < 120; ++width) {
    const std::string text = sample().render(width, false);
    EXPECT_LE(widest(text), width);
    EXPECT_NE(text.find(id), std::string::npos);
  }
}

TEST(Table, AlignsByColumnsOfTheTerminal) {
  Table table({{.title = "table", .least = 4}, {.title = "rows", .align = Column::Align::right}});
  table.row({{"größe"}, {"1"}});
  table.row({{"日本語"}, {"22"}});
  EXPECT_EQ(table.render(80, false),
            "table   rows\n"
            "größe      1\n"
            "日本語    22\n");
}

TEST(Table, ColoursDoNotCountAsColumns) {
  Table table({{.title = "a"}, {.title = "b"}});
  table.row({{"x", Colour::red}, {"y"}});
  EXPECT_EQ(table.render(80, true), "\x1b[1ma\x1b[0m  \x1b[1mb\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
}

}  // namespace
}  // namespace dbrollback::cli
