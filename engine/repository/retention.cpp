#include "engine/repository/retention.hpp"

#include <map>
#include <set>

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::repository {

namespace {

using base::cat;

// Newest first: the first of each period counts, up to the rule's number of periods.
void keep_periods(std::vector<PruneDecision*>& newest_first, unsigned most, const std::string& rule,
                  const std::string& timezone, std::string (*period)(const base::Day&)) {
  std::set<std::string> seen;
  for (PruneDecision* decision : newest_first) {
    if (seen.size() >= most) {
      return;
    }
    // A state that somebody restored away from must not stand for its day: the good one of that day would go.
    const SnapshotSummary& snapshot = decision->snapshot;
    if (!snapshot.damaged && !snapshot.before_restore() &&
        seen.insert(period(base::day_in(timezone, snapshot.created))).second) {
      decision->kept_because.push_back(rule);
    }
  }
}

void decide_one(std::vector<PruneDecision*>& newest_first, const Retention& keep, const std::string& timezone) {
  unsigned last = 0;
  bool verified = false;
  for (PruneDecision* decision : newest_first) {
    const SnapshotSummary& snapshot = decision->snapshot;
    if (snapshot.pinned) {
      decision->kept_because.push_back(cat("pinned: ", snapshot.pin_reason));
    }
    if (snapshot.lineage.empty()) {
      decision->kept_because.emplace_back("its manifest cannot be read: whose it is must be looked at first");
    } else if (last < keep.last) {
      decision->kept_because.push_back(snapshot.damaged ? "damaged: kept to be looked at" : cat("last ", keep.last));
      last += snapshot.damaged ? 0U : 1U;
    }
  }
  keep_periods(newest_first, keep.daily, "daily", timezone,
               [](const base::Day& day) { return cat(day.year, "-", day.month, "-", day.day); });
  keep_periods(newest_first, keep.weekly, "weekly", timezone,
               [](const base::Day& day) { return cat(day.iso_year, "-", day.iso_week); });
  keep_periods(newest_first, keep.monthly, "monthly", timezone,
               [](const base::Day& day) { return cat(day.year, "-", day.month); });
  for (const PruneDecision* decision : newest_first) {
    verified = verified || (!decision->kept_because.empty() && !decision->snapshot.damaged &&
                            decision->snapshot.proof != Proof::none);
  }
  for (PruneDecision* decision : newest_first) {
    if (!verified && !decision->snapshot.damaged && decision->snapshot.proof != Proof::none) {
      decision->kept_because.emplace_back("the only verified one");
      verified = true;
    }
  }
}

}  // namespace

std::vector<PruneDecision> decide(const std::vector<SnapshotSummary>& all, const Retention& keep,
                                  const std::string& timezone) {
  // By lineage: two databases never count against each other, whatever they are called.
  std::map<std::pair<std::string, std::string>, std::vector<SnapshotSummary>> groups;
  for (const auto& snapshot : all) {
    groups[{snapshot.database, snapshot.lineage}].push_back(snapshot);
  }
  std::vector<PruneDecision> out;
  for (const auto& [key, snapshots] : groups) {
    const std::size_t first = out.size();
    for (const auto& snapshot : snapshots) {
      out.push_back({.snapshot = snapshot, .kept_because = {}});
    }
    std::vector<PruneDecision*> newest_first;
    for (std::size_t i = out.size(); i > first; --i) {
      newest_first.push_back(&out[i - 1]);
    }
    decide_one(newest_first, keep, timezone);
  }
  return out;
}

}  // namespace dbrollback::repository
