// What a report of a run says, in each format. The example's reports are kept in golden/; with DBROLLBACK_GOLDEN=write
// they are written anew.
#include "engine/report/run_report.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/report/clean.hpp"
#include "tests/report/example.hpp"

namespace dbrollback::report {
namespace {

using test::example_run;

const char* const zone = "Europe/Berlin";

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(__FILE__).parent_path() / "golden" / name;
  const char* const wanted = std::getenv("DBROLLBACK_GOLDEN");
  if (wanted != nullptr && std::string_view(wanted) == "write") std::ofstream(file) << text;
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  EXPECT_EQ(kept.str(), text) << name << " differs; DBROLLBACK_GOLDEN=write keeps what is written now";
}

TEST(RunReport, OfARollbackThatBrokeOffIsAsItWas) {
  const RunReport report = report_of(example_run(), zone);
  expect_golden("rollback.txt", to_text(report));
  expect_golden("rollback.md", to_markdown(report));
  expect_golden("rollback.html", to_html(report));
}

Run small(const std::string& command) {
  dbrollback::Run run;
  run.id = "20261120T233015Z-" + command + "-0001";
  run.command = command;
  run.database = "shop";
  run.user = "app";
  run.host = "db-1";
  run.tool_version = "0.1.0";
  run.started = test::at_second(0);
  run.finished = test::at_second(2);
  return run;
}

TEST(RunReport, LeavesOutSectionsWithoutContent) {
  const RunReport report = report_of(small("snapshot"), "UTC");
  for (const std::string& text : {to_text(report), to_markdown(report), to_html(report)}) {
    EXPECT_TRUE(has(text, "Snapshot of shop succeeded in 2.0 s.")) << text;
    for (const char* title : {"Timeline", "Data impact", "Verification", "Evidence", "Root cause", "Follow-ups"}) {
      EXPECT_FALSE(has(text, title)) << title;
    }
  }
}

TEST(RunReport, AsksPeopleOfDeploysAndRollbacks) {
  for (const char* command : {"deploy", "rollback"}) {
    const RunReport report = report_of(small(command), "UTC");
    for (const char* title : {"Impact on users", "Root cause", "What went well", "What went badly", "Follow-ups"}) {
      EXPECT_TRUE(has(to_markdown(report), title)) << title;
      EXPECT_TRUE(has(to_html(report), title)) << title;
    }
  }
  EXPECT_TRUE(report_of(small("restore"), "UTC").blanks.empty());
}

TEST(RunReport, SaysHowARunEnded) {
  const auto headline = [](Exit exit) {
    dbrollback::Run run = small("deploy");
    run.exit = exit;
    return headline_of(run);
  };
  EXPECT_EQ(headline(Exit::done), "Deploy of shop succeeded in 2.0 s.");
  EXPECT_EQ(headline(Exit::failed), "Deploy of shop failed after 2.0 s and changed nothing.");
  EXPECT_EQ(headline(Exit::partial), "Deploy of shop failed part way after 2.0 s.");
  EXPECT_EQ(headline(Exit::rolled_back), "Deploy of shop failed and was rolled back after 2.0 s.");
  EXPECT_EQ(headline(Exit::refused), "Deploy of shop was refused after 2.0 s.");
  dbrollback::Run run = small("rollback");
  run.finished.reset();
  EXPECT_EQ(headline_of(run), "Rollback of shop is not over: it is under way, or its process is gone.");
  EXPECT_EQ(tone_of(run), Tone::undecided);
}

TEST(RunReport, OfADeployBeforeTheApplicationIsOfTheDatabase) {
  dbrollback::Run run = small("deploy");
  run.facts = {{"from", "4.0"}, {"to", "5.0"}, {"part", "before"}};
  EXPECT_EQ(headline_of(run), "The database of shop is ready for 5.0.");
  run.exit = Exit::failed;
  run.error = ErrorInfo{
      .code = "x", .exit = Exit::failed, .message = "the disk is full", .object = "", .state = "", .next = ""};
  EXPECT_EQ(headline_of(run),
            "Making the database of shop ready for 5.0 failed after 2.0 s and changed nothing: the disk is full.");
}

TEST(RunReport, LeavesOutWhatOnlyTheRunItselfNeeds) {
  dbrollback::Run run = small("rollback");
  for (const char* name : {"version", "part", "with_application", "has_migrations", "takes_snapshot_after", "to_mark",
                           "proven_fingerprint"}) {
    run.facts.emplace_back(name, "internal value");
  }
  run.facts.insert(run.facts.end(),
                   {{"undone", "release-2"}, {"undone", "release-1"}, {"command", ""}, {"level", "content"}});
  const RunReport report = report_of(run, "UTC");
  EXPECT_FALSE(has(to_text(report), "internal value")) << to_text(report);
  const auto fact = [&](std::size_t from_end) { return report.facts.at(report.facts.size() - from_end); };
  EXPECT_EQ(fact(2).label, "Releases undone");
  EXPECT_EQ(fact(2).values, (std::vector<std::string>{"release-2", "release-1"}));
  EXPECT_EQ(fact(1).label, "Proven");
}

TEST(RunReport, SaysWhereEvidenceHasNothingToSay) {
  dbrollback::Run run = small("rollback");
  run.evidence = {{.source = "grep ERROR app.log", .text = "", .problem = "", .at = run.started}};
  EXPECT_TRUE(has(to_text(report_of(run, "UTC")), "(said nothing)"));
  EXPECT_TRUE(has(to_markdown(report_of(run, "UTC")), "said nothing"));
  EXPECT_TRUE(has(to_html(report_of(run, "UTC")), "<p>said nothing</p>"));
}

TEST(RunReport, SaysThatAVerificationFoundDamage) {
  dbrollback::Run run = small("verify");
  run.facts = {{"damage", "0"}};
  EXPECT_EQ(headline_of(run), "Verify of shop succeeded in 2.0 s.");
  run.facts = {{"damage", "2"}};
  EXPECT_EQ(headline_of(run), "Verify of shop found damage or a difference after 2.0 s.");
  EXPECT_EQ(tone_of(run), Tone::bad);
  EXPECT_TRUE(has(to_text(report_of(run, "UTC")), "3 (damage or a difference was found)"));
}

TEST(RunReport, TellsStepsToComeFromThoseNotReached) {
  dbrollback::Run run = small("rollback");
  run.steps = {
      {.name = "stop",
       .title = "",
       .state = RunStep::State::running,
       .started = run.started,
       .finished = {},
       .details = {}},
      {.name = "start", .title = "", .state = RunStep::State::pending, .started = {}, .finished = {}, .details = {}}};
  EXPECT_EQ(report_of(run, "UTC").timeline[0].outcome, "broken off");
  EXPECT_EQ(report_of(run, "UTC").timeline[1].outcome, "not reached");
  EXPECT_EQ(report_of(run, "UTC").timeline[1].title, "start");
  run.finished.reset();
  EXPECT_EQ(report_of(run, "UTC").timeline[0].outcome, "under way");
  EXPECT_EQ(report_of(run, "UTC").timeline[1].outcome, "to come");
}

TEST(RunReport, ShowsTheDayWhereItIsNotTheRunsOwn) {
  dbrollback::Run run = small("rollback");
  run.steps = {test::step("stop", "stop", RunStep::State::done, 1, 2),
               test::step("start", "start", RunStep::State::done, 1800, 1801)};
  EXPECT_EQ(report_of(run, "UTC").timeline[0].time, "23:30:01 +0000");
  EXPECT_EQ(report_of(run, "UTC").timeline[1].time, "2026-11-21 00:00:00 +0000");
}

TEST(RunReport, ComparesTheRecoveryTimeWithTheObjective) {
  dbrollback::Run run = small("rollback");
  run.facts = {{"recovery_time_ms", "200000"}, {"rto_ms", "180000"}};
  EXPECT_TRUE(has(to_text(report_of(run, "UTC")), "3.3 min, longer than the objective of 3.0 min"));
  run.facts = {{"recovery_time_ms", "very long"}, {"rto_ms", "180000"}, {"downtime_ms", "-3"}};
  const std::string text = to_text(report_of(run, "UTC"));
  EXPECT_TRUE(has(text, "very long") && has(text, "-3")) << text;
}

TEST(RunReport, CountsWhatIsLost) {
  dbrollback::Run run = small("rollback");
  EXPECT_EQ(report_of(run, "UTC").impact, "The record of this run names nothing that was lost.");
  run.losses = {{.object = "table a", .rows = 1, .what = "", .estimated = false}};
  EXPECT_EQ(report_of(run, "UTC").impact, "1 row of 1 object, counted.");
  run.losses.push_back({.object = "column b", .rows = {}, .what = "", .estimated = true});
  EXPECT_EQ(report_of(run, "UTC").impact,
            "1 row of 1 object, counted; and 1 object more, of which nobody counted rows.");
  run.losses.push_back({.object = "table c", .rows = 12345678, .what = "", .estimated = true});
  EXPECT_EQ(
      report_of(run, "UTC").impact,
      "About 12,345,679 rows of 2 objects, partly by an estimate; and 1 object more, of which nobody counted rows.");
}

TEST(RunReport, RefusesATimeZoneThatThereIsNot) {
  EXPECT_THROW((void)report_of(small("deploy"), "Mars/Olympus"), Error);
}

// Everything of a run that others could have written.
Run hostile(const std::string& text) {
  dbrollback::Run run = example_run();
  for (std::string* field : {&run.id, &run.command, &run.database, &run.user, &run.host, &run.tool_version,
                             &run.error->message, &run.error->object, &run.error->state, &run.error->next}) {
    *field = text;
  }
  run.facts = {{"from", text}, {text, text}};
  run.steps[0].title = text;
  run.steps[0].details = {text};
  run.losses[0].object = text;
  run.losses[0].what = text;
  run.verification = {text};
  run.evidence[0].source = text;
  run.evidence[0].text = text;
  run.evidence[0].problem = text;
  return run;
}

TEST(HostileReport, HasNoElementThatIsNotOurs) {
  const std::string html = to_html(report_of(
      hostile("</pre></title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'><b> ]]> --> &lt;"),
      "UTC"));
  for (const char* never : {"<script", "<img", "<b>", "\"'>", "]]><", " &lt; "}) {
    EXPECT_FALSE(has(html, never)) << never;
  }
  EXPECT_TRUE(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_TRUE(has(html, "&amp;lt;"));
  std::size_t closed = 0;
  for (std::size_t at = html.find("</style>"); at != std::string::npos; at = html.find("</style>", at + 1)) ++closed;
  EXPECT_EQ(closed, 1U);
}

TEST(HostileReport, AllowsNothingFromOutside) {
  const std::string html = to_html(report_of(example_run(), "UTC"));
  EXPECT_TRUE(has(html, "content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  for (const char* never : {" src=", " href=", "url(", "@import", "<script", " onclick", "javascript:"}) {
    EXPECT_FALSE(has(html, never)) << never;
  }
}

TEST(HostileReport, ShowsControlCharactersAsText) {
  const std::string bad =
      std::string("a\0b", 3) + "\x1B[31mred\x1B[0m \x1B]0;title\x07 \xFF\xC3( \xC2\x9B \xE2\x80\xAE.exe\r\nend";
  const RunReport report = report_of(hostile(bad), "UTC");
  for (const std::string& text : {to_text(report), to_markdown(report), to_html(report)}) {
    for (const char* never : {"\x1B", "\x07", "\xFF", "\xC2\x9B", "\xE2\x80\xAE", "\r", "[31m"}) {
      EXPECT_FALSE(has(text, never)) << text;
    }
    EXPECT_EQ(text.find('\0'), std::string::npos);
    EXPECT_TRUE(has(text, "red"));
  }
  EXPECT_TRUE(has(to_html(report), "a\\x00bred \\x1B]0;title\\x07 \\xFF\\xC3( \\xC2\\x9B \\xE2\\x80\\xAE.exe"));
}

TEST(HostileReport, KeepsTheTablesOfMarkdownWhole) {
  const std::string text = to_markdown(report_of(hostile("a | b `c` <d> *e* [f](g) \\ # @h\n| i |\n- j"), "UTC"));
  EXPECT_TRUE(has(text, R"(a \| b \`c\` \<d\> \*e\* \[f\](g) \\ \# \@h \| i \| - j)")) << text;
  EXPECT_FALSE(has(text, "\n- j |"));
  std::istringstream lines(text);
  bool within = false;  // of a fence
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) within = !within;
    if (within || !line.starts_with('|') || line.starts_with("| |")) continue;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
    EXPECT_TRUE(bars == 3 || bars == 4 || bars == 5 || bars == 6) << line;
  }
}

TEST(HostileReport, FencesEvidenceLongerThanWhatIsInIt) {
  const std::string text = to_markdown(report_of(hostile("`````\n</details>\n````text"), "UTC"));
  EXPECT_TRUE(has(text, "\n``````text\n`````\n</details>\n````text\n``````\n")) << text;
}

TEST(HostileReport, EscapesWhatBeginsALineOfMarkdown) {
  for (const auto& [given, shown] : {std::pair{"- a", "- \\- a\n"},
                                     {"12. a", "- 12\\. a\n"},
                                     {"+ a", "- \\+ a\n"},
                                     {"    a", "- a\n"},
                                     {"2.5 s", "- 2\\.5 s\n"},
                                     {"a_b _c_", "- a_b \\_c\\_\n"}}) {
    dbrollback::Run run = small("verify");
    run.verification = {given};
    EXPECT_TRUE(has(to_markdown(report_of(run, "UTC")), shown)) << given;
  }
}

TEST(Clean, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "ab…");
  EXPECT_EQ(shortened("äöüß", 3), "äö…");
  EXPECT_EQ(shortened("😀😀", 4), "😀😀");
  EXPECT_EQ(shortened("😀😀", 3), "😀…");
  EXPECT_EQ(shortened("", 3), "");
}

TEST(Clean, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace dbrollback::report
