#include "tools/cli/describe.hpp"

#include <algorithm>

#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

void say_pairs(Console& console, const Facts& pairs, const std::string& after_label) {
  std::size_t width = 0;
  for (const auto& [label, text] : pairs) {
    if (!text.empty()) width = std::max(width, display_width(label + after_label));
  }
  for (const auto& [label, text] : pairs) {
    std::string line = "  ";
    line += pad_right(label + after_label, width) + "  ";
    line += text;
    if (!text.empty()) console.say(line);
  }
}

}  // namespace

Cell proof_cell(const SnapshotSummary& snapshot, Time now) {
  if (snapshot.damaged) return {"DAMAGED", Colour::red};
  if (snapshot.lineage.empty()) return {"newer format", Colour::yellow};
  if (snapshot.proof == Proof::none) return {"not yet proven", Colour::yellow};
  std::string text = to_string(snapshot.proof);
  if (snapshot.proven_at) text += " " + ago(*snapshot.proven_at, now);
  return {text, snapshot.proof == Proof::stored ? Colour::plain : Colour::green};
}

Table snapshot_table(const std::vector<SnapshotSummary>& snapshots, Time now) {
  const bool several = std::any_of(snapshots.begin(), snapshots.end(), [&](const SnapshotSummary& snapshot) {
    return snapshot.database != snapshots.front().database;
  });
  using enum Column::Align;
  Table table({{.title = "id"},
               {.title = "age", .align = right},
               {.title = "taken", .expendable = 4},
               {.title = "database", .least = 6},
               {.title = "version", .least = 6, .expendable = 3},
               {.title = "size", .align = right, .expendable = 1},
               {.title = "stored", .align = right},
               {.title = "rows", .align = right, .expendable = 2},
               {.title = "proof", .least = 14},
               {.title = "checks"},
               {.title = "tables"},
               {.title = "pinned", .least = 8}});
  for (const SnapshotSummary& snapshot : snapshots) {
    const std::string failed = snapshot.failed_checks == 0 ? "" : count(snapshot.failed_checks) + " failed";
    const std::string pin = snapshot.pin_reason.empty() ? "yes" : printable(snapshot.pin_reason);
    table.row({{snapshot.id, Colour::plain},
               {age(now - snapshot.created), Colour::plain},
               {local_time(snapshot.created), Colour::plain},
               {several ? printable(snapshot.database) : "", Colour::plain},
               {printable(snapshot.app_version), Colour::plain},
               {bytes(snapshot.raw_bytes), Colour::plain},
               {bytes(snapshot.stored_bytes), Colour::plain},
               {count(snapshot.rows), Colour::plain},
               proof_cell(snapshot, now),
               {failed, Colour::red},
               {snapshot.partial ? "partial" : "", Colour::yellow},
               {snapshot.pinned ? pin : "", Colour::plain}});
  }
  return table;
}

std::string failed_check_text(const CheckResult& check) {
  std::string text = "check \"" + printable(check.name) + "\" returned " + printable(check.value);
  if (check.expect) text += " instead of " + printable(*check.expect);
  return text;
}

std::string partial_text(const SnapshotSummary& snapshot) {
  return snapshot.partial ? "PARTIAL: the rows of tables that were not chosen are not stored" : "";
}

std::string unchanged_text(const SnapshotDetails& details) {
  if (details.summary.parent.empty()) return {};
  std::uint64_t pages = 0;
  for (const HolderFacts& holder : details.holders) pages += holder.pages;
  if (pages == 0) return "nothing since " + details.summary.parent;
  const std::uint64_t permille = pages * 1000 / details.page_count;
  const std::string part = pages == details.page_count ? "every page"
                                                       : std::to_string(permille / 10) + "." +
                                                             std::to_string(permille % 10) + " % of the pages";
  return part + ", held by " +
         (details.holders.size() == 1 ? details.holders.front().id
                                      : plural(details.holders.size(), "earlier snapshot", "earlier snapshots"));
}

void say_facts(Console& console, const Facts& facts) { say_pairs(console, facts, ""); }

void say_next(Console& console, const Facts& suggestions) {
  if (console.appearance().quiet) return;
  console.say();
  say_pairs(console, suggestions, ":");
}

}  // namespace dbrollback::cli
