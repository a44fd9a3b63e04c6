#include "tools/cli/options.hpp"

#include <gtest/gtest.h>

#include "dbrollback/error.hpp"
#include "tools/cli/global.hpp"
#include "tools/cli/suggest.hpp"

namespace dbrollback::cli {
namespace {

using Words = std::vector<std::string>;

class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    options_.operand("ID", id_);
    options_.text("output", "-", output_, "");
    options_.number("level", level_, 1, 19, "");
    options_.size("max-rate", max_rate_, 1000, "");
    options_.list("tables", "A,B", tables_, "");
    options_.flag("dry-run", dry_run_, "");
  }

  void parse(const Words& words) { options_.parse(words, declare_global(global_), "dbrollback help x"); }

  // The message that `words` end in.
  std::string mistake(const Words& words) {
    try {
      parse(words);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::usage);
      return error.what();
    }
    return "no mistake";
  }

  std::string id_;
  std::string output_;
  std::optional<unsigned> level_;
  std::optional<std::uint64_t> max_rate_;
  std::vector<std::string> tables_;
  bool dry_run_ = false;
  GlobalOptions global_;
  Options options_;
};

TEST_F(OptionsTest, TakesItsOwnAndThoseOfAllCommandsInAnyOrder) {
  parse({"--json", "--level", "3", "2026", "--output", "-", "--tables=a,b", "--tables", "c", "--dry-run", "--max-rate",
         "64KiB"});
  EXPECT_EQ(id_, "2026");
  EXPECT_EQ(output_, "-");
  EXPECT_EQ(level_, 3U);
  EXPECT_EQ(max_rate_, 65536U);
  EXPECT_EQ(tables_, (Words{"a", "b", "c"}));
  EXPECT_TRUE(dry_run_);
  EXPECT_TRUE(global_.json);
}

TEST_F(OptionsTest, ADashAloneIsAWord) {
  parse({"-"});
  EXPECT_EQ(id_, "-");
}

TEST_F(OptionsTest, NamesTheMistake) {
  EXPECT_EQ(mistake({"--dry-rum"}), "unknown option --dry-rum; did you mean --dry-run?");
  EXPECT_EQ(mistake({"--zzzzzzzzzzz"}), "unknown option --zzzzzzzzzzz");
  EXPECT_EQ(mistake({"-x"}), "unknown option -x");
  EXPECT_EQ(mistake({"--level"}), "--level needs a value: --level N");
  EXPECT_EQ(mistake({"--level", "--json"}), "--level needs a value: --level N");
  EXPECT_EQ(mistake({"--level="}), "--level needs a value: --level N");
  EXPECT_EQ(mistake({"--level", "20"}), "--level takes a number from 1 to 19, not '20'");
  EXPECT_EQ(mistake({"--level", "3x"}), "--level takes a number from 1 to 19, not '3x'");
  EXPECT_EQ(mistake({"--max-rate", "50"}), "--max-rate takes a size, not '50'");
  EXPECT_EQ(mistake({"--max-rate", "999B"}), "--max-rate takes a size of at least 1000 bytes, not '999B'");
  EXPECT_EQ(mistake({"--dry-run=yes"}), "--dry-run takes no value");
  EXPECT_EQ(mistake({"a", "b"}), "'b' is one argument too many");
}

TEST_F(OptionsTest, WordsBehindTwoDashesAreNoneOfItsOwn) {
  Words command;
  options_.rest(command);
  parse({"--dry-run", "2026", "--", "npm", "run", "--json", "--level", "x", "--", "--output"});
  EXPECT_EQ(command, (Words{"npm", "run", "--json", "--level", "x", "--", "--output"}));
  EXPECT_EQ(id_, "2026");
  EXPECT_TRUE(dry_run_);
  EXPECT_FALSE(global_.json);
  EXPECT_FALSE(level_);
  EXPECT_EQ(output_, "");
}

TEST_F(OptionsTest, NoWordsBehindTwoDashesAreNone) {
  Words command{"before"};
  options_.rest(command);
  parse({"2026"});
  EXPECT_EQ(command, Words{"before"}) << "nobody said anything";
  parse({"2026", "--"});
  EXPECT_EQ(command, Words{});
}

TEST_F(OptionsTest, AValueIsMissedBeforeTwoDashes) {
  Words command;
  options_.rest(command);
  EXPECT_EQ(mistake({"--level", "--", "3"}), "--level needs a value: --level N");
}

// Of a command that takes no words like those.
TEST_F(OptionsTest, WordsBehindTwoDashesAreOperands) {
  parse({"--", "--json"});
  EXPECT_EQ(id_, "--json");
  EXPECT_FALSE(global_.json);
  EXPECT_EQ(mistake({"--", "a", "b"}), "'b' is one argument too many");
}

TEST_F(OptionsTest, AbbreviationsAreNotGuessed) {
  EXPECT_EQ(mistake({"--dry"}), "unknown option --dry; did you mean --dry-run?");
}

TEST(FindCommand, FindsItBehindOptionsOfAllCommands) {
  GlobalOptions global;
  const Options options = declare_global(global);
  const CommandLine line = find_command({"--repository", "list", "--json", "show", "latest"}, options);
  EXPECT_EQ(line.command, "show");
  EXPECT_EQ(line.words, (Words{"--repository", "list", "--json", "latest"}));
  EXPECT_EQ(find_command({"--repository=list", "show"}, options).command, "show");
  EXPECT_EQ(find_command({"--help"}, options).command, "");
}

TEST(FindCommand, LeavesWhatIsBehindTwoDashesAlone) {
  GlobalOptions global;
  const CommandLine line =
      find_command({"--json", "deploy", "--app-version", "v2", "--", "deploy", "--quiet"}, declare_global(global));
  EXPECT_EQ(line.command, "deploy");
  EXPECT_EQ(line.words, (Words{"--json", "--app-version", "v2", "--", "deploy", "--quiet"}));
}

TEST(FindCommand, OptionsOfACommandStandBehindIt) {
  GlobalOptions global;
  EXPECT_THROW((void)find_command({"--output", "-", "snapshot"}, declare_global(global)), Error);
}

TEST(Typed, StopsAtTheEndOfTheOptions) {
  EXPECT_TRUE(typed({"list", "--json"}, "--json"));
  EXPECT_FALSE(typed({"show", "--", "--json"}, "--json"));
}

TEST(Nearest, ForgivesATypingError) {
  const Words commands{"snapshot", "show", "restore", "verify"};
  EXPECT_EQ(nearest("sanpshot", commands), "snapshot");
  EXPECT_EQ(nearest("restor", commands), "restore");
  EXPECT_EQ(nearest("verfy", commands), "verify");
  EXPECT_EQ(nearest("frobnicate", commands), "");
}

}  // namespace
}  // namespace dbrollback::cli
