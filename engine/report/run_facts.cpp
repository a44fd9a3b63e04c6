#include "engine/report/run_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/report/clean.hpp"

namespace dbrollback::report {

namespace {

using Milliseconds = std::chrono::milliseconds;

// The names that runs of today record. Others are shown as they are.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> labels{{
    {"from", "Version before"},
    {"to", "Version after"},
    {"release", "Release"},
    {"strategy", "Way back"},
    {"reason", "Why this way"},
    {"trigger", "Trigger"},
    {"snapshot", "Snapshot"},
    {"snapshot_before", "Snapshot of what was there"},
    {"snapshot_after", "Snapshot after the migrations"},
    {"kept_database", "Database set aside"},
    {"recovery_time_ms", "Recovery time"},
    {"rto_ms", "Recovery time objective"},
    {"downtime_ms", "Downtime"},
    {"target", "Into"},
    {"restored", "Restored"},
    {"migration", "Migration"},
    {"removed", "Removed"},
    {"level", "Proven"},
    {"damage", "Damaged parts"},
    {"restore_ms", "Restoring took"},
    {"undone", "Releases undone"},
    {"despite", "Despite"},
    {"command", "Migrated by"},
    {"failed_checks", "Integrity queries that failed"},
}};

// What a run needs to be gone on with, and people do not: the version is what it goes to, the steps say the others.
constexpr std::array<std::string_view, 7> internal{
    "version", "part", "with_application", "has_migrations", "takes_snapshot_after", "to_mark", "proven_fingerprint"};

bool is_shown(const std::string& name, const std::string& value) {
  return !value.empty() && std::ranges::find(internal, name) == internal.end();
}

std::string label_of(const std::string& name) {
  const auto* const found = std::ranges::find(labels, name, [](const auto& each) { return each.first; });
  return found == labels.end() ? clean_line(name) : std::string(found->second);
}

std::optional<Milliseconds> milliseconds_of(const std::string& name, const std::string& value) {
  std::uint32_t number = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (!name.ends_with("_ms") || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return Milliseconds(number);
}

std::string value_of(const Run& run, const std::string& name, const std::string& value) {
  const auto time = milliseconds_of(name, value);
  if (!time) return clean_line(value);
  std::string duration = base::human_duration(*time);
  const auto most = name == "recovery_time_ms" ? milliseconds_of("rto_ms", run.fact("rto_ms")) : std::nullopt;
  if (!most) return duration;
  return base::cat(duration, *time <= *most ? ", within" : ", longer than", " the objective of ",
                   base::human_duration(*most));
}

void add_moment(std::vector<RunReport::Fact>& facts, const char* label, const std::string& timezone, Time time) {
  facts.push_back({label, {base::to_local(timezone, time)}});
}

std::string exit_text(Exit exit) {
  constexpr const char* words[] = {"done",
                                   "failed, nothing changed",
                                   "wrong usage or configuration",
                                   "damage or a difference was found",
                                   "refused",
                                   "busy",
                                   "failed part way",
                                   "the deploy failed and was rolled back"};
  const auto number = static_cast<std::size_t>(exit);
  return number < std::size(words) ? base::cat(number, " (", words[number], ")") : std::to_string(number);
}

}  // namespace

std::vector<RunReport::Fact> facts_of(const Run& run, const std::string& timezone) {
  std::vector<RunReport::Fact> out;
  out.reserve(8 + run.facts.size());
  if (!run.database.empty()) out.push_back({"Database", {clean_line(run.database)}});
  out.push_back({"By", {base::cat(clean_line(run.user), " on ", clean_line(run.host))}});
  add_moment(out, "Began", timezone, run.started);
  if (run.finished) {
    add_moment(out, "Ended", timezone, *run.finished);
    const auto took = std::chrono::duration_cast<Milliseconds>(*run.finished - run.started);
    out.push_back({"Took", {base::human_duration(took)}});
    out.push_back({"Exit status", {exit_text(exit_of(run))}});
  }
  const bool compared = !run.fact("recovery_time_ms").empty();
  for (const auto& [name, value] : run.facts) {
    if (!is_shown(name, value) || (name == "rto_ms" && compared)) continue;
    const std::string label = label_of(name);
    const auto same = std::ranges::find(out, label, &RunReport::Fact::label);
    if (same != out.end()) {
      same->values.push_back(value_of(run, name, value));
    } else {
      out.push_back({label, {value_of(run, name, value)}});
    }
  }
  return out;
}

}  // namespace dbrollback::report
