// The ids and the refusals are those of sqitch 1.3.1, which wrote them to a registry in SQLite for the same plan
// (lib/App/Sqitch/Plan.pm, Plan/Change.pm, Plan/Tag.pm of https://github.com/sqitchers/sqitch).
#include "schema/migrations/sqitch_plan.hpp"

#include <gtest/gtest.h>

namespace dbrollback::schema::sqitch {
namespace {

constexpr std::string_view pragmas = "%syntax-version=1.0.0\n%project=flipr\n\n";

Plan read(const std::string& text) { return read_plan({.path = "sqitch.plan", .text = text}); }

Plan read_lines(const std::string& lines) { return read(std::string(pragmas) + lines); }

// A line with a planner.
std::string entry(const std::string& name, const std::string& note = "") {
  return name + " 2014-01-01T00:00:00Z Ann <ann@example.com>" + note + "\n";
}

std::size_t refused_line(const std::string& text) {
  try {
    read(text);
  } catch (const FormatError& error) {
    EXPECT_EQ(error.file(), "sqitch.plan");
    return error.line();
  }
  ADD_FAILURE() << "accepted: " << text;
  return 0;
}

std::size_t refused_entry(const std::string& lines) { return refused_line(std::string(pragmas) + lines) - 3; }

const std::string flipr =
    "%syntax-version=1.0.0\n"
    "%project=flipr\n"
    "%uri=HTTPS://GitHub.com:443/sqitchers/%7esqitch-intro/\n"
    "\n"
    "users 2013-12-31T18:26:59Z Marge N. O’Vera <marge@example.com> # Creates table to track our users.\n"
    "flips [users] 2014-01-01T00:05:20Z Marge N. O’Vera <marge@example.com> # Line one\\nline two \\\\ back\\\\nslash\n"
    "@v1.0.0-dev1 2014-01-01T00:37:44Z Marge N. O’Vera <marge@example.com> # Tag v1.0.0-dev1 'quoted'.\n"
    "\n"
    "  # a comment\n"
    "lists [flips users !other:nothing] 2014-01-02T00:35:05Z Marge N. O’Vera <marge@example.com>\n"
    "@v1.0.0-dev2 2014-01-02T01:51:07Z Marge N. O’Vera <marge@example.com>\n"
    "@same 2014-01-02T01:51:08Z Marge N. O’Vera <marge@example.com>\n"
    "users [users@v1.0.0-dev2 @v1.0.0-dev1 flips] 2014-01-03T00:00:00Z  Bob  <bob@x> #  padded  \n"
    "a/b 2014-01-04T00:00:00Z Bob <bob@x>\n"
    "last [users !other:thing@t @same] 2014-01-05T00:00:00Z Bob <bob@x>\n";

TEST(SqitchPlan, GivesChangesTheIdsThatSqitchGivesThem) {
  const std::vector<std::string> ids = {
      "906a77f4ebbc84f683aa29c4b758fbcf3a46024a", "e5c2b71511d77d1dc9678cbcc0faf1a89ada68a0",
      "f999bb0623f584d9f75130b461330b616c977dd1", "e1e8b6458e5eb07371ae498e5a1deca8f9e5f6cd",
      "3fcc0584e7789b26779776eca8df427b8b2d43c7", "0421de6b54a795917945f70af6b0a1d77cdbe24e"};
  const Plan plan = read(flipr);
  ASSERT_EQ(plan.changes.size(), ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(plan.changes[i].entry.id, ids[i]) << plan.changes[i].entry.name;
  }
}

TEST(SqitchPlan, GivesTagsTheIdsThatSqitchGivesThem) {
  const Plan plan = read(flipr);
  ASSERT_EQ(plan.changes[1].tags.size(), 1U);
  EXPECT_EQ(plan.changes[1].tags[0].id, "5d3ac4da2876f7c4d6c054f46467681cfe6d3d14");
  ASSERT_EQ(plan.changes[2].tags.size(), 2U);
  EXPECT_EQ(plan.changes[2].tags[0].id, "e72ccc95c5eadb4741dd0a3643490b2763e6eb89");
  EXPECT_EQ(plan.changes[2].tags[1].id, "aeb89f183ed47aeb4ed8b89a9d48639b53cbc642");
}

TEST(SqitchPlan, KeepsTheUriAsItIsWritten) {
  EXPECT_EQ(read(flipr).uri, "HTTPS://GitHub.com:443/sqitchers/%7esqitch-intro/");
  EXPECT_EQ(read_lines("").uri, "");
}

TEST(SqitchPlan, ReadsNotesAndPlanners) {
  const Plan plan = read(flipr);
  EXPECT_EQ(plan.changes[1].entry.note, "Line one\nline two \\ back\\nslash");
  EXPECT_EQ(plan.changes[1].tags[0].note, "Tag v1.0.0-dev1 'quoted'.");
  EXPECT_EQ(plan.changes[3].entry.note, "padded");
  EXPECT_EQ(plan.changes[3].entry.planner_name, "Bob ");
  EXPECT_EQ(plan.changes[3].entry.planner_email, "bob@x");
  EXPECT_EQ(plan.changes[3].entry.planned_at, "2014-01-03T00:00:00Z");
}

TEST(SqitchPlan, FindsWhatDependenciesMean) {
  const Plan plan = read(flipr);
  const auto& reworked = plan.changes[3].required;
  ASSERT_EQ(reworked.size(), 3U);
  EXPECT_EQ(reworked[0].change, 0U);
  EXPECT_EQ(reworked[1].change, 1U);
  EXPECT_EQ(reworked[2].change, 1U);
  EXPECT_EQ(plan.changes[5].required[0].change, 0U) << "a name alone means the first change of that name";
  EXPECT_EQ(plan.changes[5].required[1].change, 2U);
  EXPECT_EQ(plan.changes[5].conflicting[0].name, "other:thing@t");
  EXPECT_EQ(plan.changes[5].conflicting[0].change, std::nullopt);
}

TEST(SqitchPlan, NamesTheTagsOfAReworkedChange) {
  const Plan plan = read(flipr);
  EXPECT_EQ(plan.changes[0].rework_tags, (std::vector<std::string>{"@v1.0.0-dev2", "@same", "@v1.0.0-dev1"}));
  EXPECT_TRUE(plan.changes[3].rework_tags.empty());
}

TEST(SqitchPlan, LeavesOutItsOwnProject) {
  const Plan plan = read_lines(entry("a") + entry("b [flipr:a]"));
  EXPECT_EQ(plan.changes[1].required[0].name, "a");
  EXPECT_EQ(plan.changes[1].required[0].change, 0U);
}

TEST(SqitchPlan, ReadsIdsAsDependencies) {
  const std::string id = read_lines(entry("a")).changes[0].entry.id;
  const std::string unknown(40, 'f');
  const Plan plan = read_lines(entry("a") + entry("b [" + id + " " + unknown + "]"));
  EXPECT_EQ(plan.changes[1].required[0].change, 0U);
  EXPECT_EQ(plan.changes[1].required[1].change, std::nullopt);
}

TEST(SqitchPlan, ReadsAnotherSystemsLineEndsAndItsMark) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : flipr) {
    text.append(c == '\n' ? "\r\n" : std::string(1, c));
  }
  EXPECT_EQ(read(text).changes[5].entry.id, read(flipr).changes[5].entry.id);
}

TEST(SqitchPlan, RefusesPragmasThatSqitchRefuses) {
  EXPECT_EQ(refused_line("%syntax-version=1.0.0\n\n"), 0U) << "no project";
  EXPECT_EQ(refused_line("%project=a@b\n\n"), 1U);
  EXPECT_EQ(refused_line("%project=a\nusers\n"), 2U);
  EXPECT_EQ(refused_line("%project=a\n#\n"), 2U);
}

TEST(SqitchPlan, RefusesLinesThatSqitchRefuses) {
  EXPECT_EQ(refused_entry("users\n"), 1U);
  EXPECT_EQ(refused_entry("users 2014-01-01T00:00:00Z\n"), 1U);
  EXPECT_EQ(refused_entry("users Ann <ann@example.com>\n"), 1U);
  EXPECT_EQ(refused_entry("users 2014-02-30T00:00:00Z Ann <ann@example.com>\n"), 1U);
  EXPECT_EQ(refused_entry(entry("a") + "#\n"), 2U);
  for (const std::string name : {"*a", "a-", "a:b", "a~1", "HEAD", "@HEAD", "a[b]"}) {
    EXPECT_EQ(refused_entry(entry("first") + entry(name)), 2U) << name;
  }
}

TEST(SqitchPlan, RefusesDependenciesThatSqitchRefuses) {
  for (const std::string key : {"b", "c", "!c", "@v1", "a@v1", "a@", "x:", "a a", " a"}) {
    EXPECT_EQ(refused_entry(entry("a") + entry("b [" + key + "]")), 2U) << key;
  }
}

TEST(SqitchPlan, RefusesTheSameTwice) {
  EXPECT_EQ(refused_entry(entry("a") + entry("a")), 2U);
  EXPECT_EQ(refused_entry(entry("a") + entry("@v1") + entry("@v1")), 3U);
  EXPECT_EQ(refused_entry(entry("@v1")), 1U);
  EXPECT_EQ(refused_entry(entry("a") + entry("@v/1")), 2U);
  EXPECT_EQ(refused_entry(entry("a") + entry("@v1 [a]")), 2U);
}

TEST(SqitchPlan, HashesAsGitDoes) { EXPECT_EQ(hash("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

}  // namespace
}  // namespace dbrollback::schema::sqitch
