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
    // A state that somebody restored away from must not stand for its day: the good one of that day would go. Nor must
    // a part of a database.
    const SnapshotSummary& snapshot = decision->snapshot;
    if (!snapshot.damaged && !snapshot.only_by_id() &&
        seen.insert(period(base::day_in(timezone, snapshot.created))).second) {
      decision->kept_because.push_back(rule);
    }
  }
}

bool is_verified(const SnapshotSummary& snapshot) { return !snapshot.damaged && snapshot.proof != Proof::none; }

// Of those that are whole, or of the others. False where none of them is verified.
bool keep_a_verified_one(std::vector<PruneDecision*>& newest_first, bool partial) {
  PruneDecision* newest = nullptr;
  for (PruneDecision* decision : newest_first) {
    if (decision->snapshot.partial == partial && is_verified(decision->snapshot)) {
      if (!decision->kept_because.empty()) {
        return true;
      }
      newest = newest == nullptr ? decision : newest;
    }
  }
  if (newest != nullptr) {
    newest->kept_because.emplace_back("the only verified one");
  }
  return newest != nullptr;
}

void decide_one(std::vector<PruneDecision*>& newest_first, const Retention& keep, const std::string& timezone) {
  // Those of chosen tables count apart: they must not push whole ones out.
  unsigned last_whole = 0;
  unsigned last_partial = 0;
  for (PruneDecision* decision : newest_first) {
    const SnapshotSummary& snapshot = decision->snapshot;
    if (snapshot.pinned) {
      decision->kept_because.push_back(cat("pinned: ", snapshot.pin_reason));
    }
    if (snapshot.lineage.empty()) {
      decision->kept_because.emplace_back("its manifest cannot be read: whose it is must be looked at first");
      continue;
    }
    unsigned& last = snapshot.partial ? last_partial : last_whole;
    if (last < keep.last) {
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
  if (!keep_a_verified_one(newest_first, false)) {
    (void)keep_a_verified_one(newest_first, true);
  }
}

// What a snapshot that stays refers to stays with it, and what that one refers to.
void keep_holders(std::vector<PruneDecision>& all) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < all.size(); ++i) {
    index[all[i].snapshot.id] = i;
  }
  std::vector<std::size_t> staying;
  std::vector<std::size_t> referring(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].kept_because.empty()) {
      staying.push_back(i);
    }
  }
  for (std::size_t at = 0; at < staying.size(); ++at) {
    for (const auto& holder : all[staying[at]].snapshot.holders) {
      const auto found = index.find(holder);
      if (found != index.end() && all[found->second].kept_because.empty() && referring[found->second]++ == 0) {
        staying.push_back(found->second);
      }
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (referring[i] > 0) {
      all[i].kept_because.push_back(cat("holds pages of ", base::plural(referring[i], "snapshot"),
                                        referring[i] == 1 ? " that stays" : " that stay"));
    }
  }
}

// What a manifest that cannot be read refers to is not known: it may be anything older.
void keep_for_unreadable(std::vector<PruneDecision>& all) {
  for (const auto& unreadable : all) {
    if (!unreadable.snapshot.lineage.empty()) {
      continue;
    }
    for (auto& decision : all) {
      if (decision.kept_because.empty() && decision.snapshot.created < unreadable.snapshot.created) {
        decision.kept_because.push_back(
            cat("may hold pages of ", unreadable.snapshot.id, ", whose manifest cannot be read"));
      }
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
  keep_for_unreadable(out);
  keep_holders(out);
  return out;
}

}  // namespace dbrollback::repository
