#include "engine/repository/select.hpp"

#include <algorithm>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::repository {

using base::cat;
using base::printable;

namespace {

constexpr const char* look = "`dbrollback list` shows what there is";

void require_one_database(const std::vector<SnapshotSummary>& candidates, const std::string& spec) {
  std::set<std::string> names;
  for (const auto& snapshot : candidates) {
    if (!snapshot.database.empty()) {  // a damaged manifest may be anybody's
      names.insert(printable(snapshot.database));
    }
  }
  if (names.size() > 1) {
    base::fail_usage(
        "ambiguous_database",
        cat("'", printable(spec), "' could be of several databases: ", base::join({names.begin(), names.end()}, ", ")),
        spec, "say which with --database");
  }
}

[[noreturn]] void fail_none(const std::vector<SnapshotSummary>& all, const std::string& spec,
                            const std::string& database) {
  const std::string of = database.empty() ? "" : cat(" of ", printable(database));
  const auto unreadable = std::ranges::find(all, std::string(), &SnapshotSummary::database);
  if (unreadable != all.end()) {
    base::fail_usage("no_snapshots",
                     cat("there is no readable snapshot", of, "; whose ", unreadable->id,
                         " is cannot be told, because its manifest cannot be read"),
                     spec, cat("dbrollback verify ", unreadable->id));
  }
  if (std::ranges::any_of(all, [&](const SnapshotSummary& snapshot) {
        return snapshot.only_by_id() && (database.empty() || snapshot.database == database);
      })) {
    base::fail_usage("no_snapshots",
                     cat("there is no whole snapshot", of,
                         ": those that there are hold chosen tables only, or the state before a restore"),
                     spec, "give an id: `dbrollback list` shows them");
  }
  base::fail_usage("no_snapshots", cat("there is no snapshot", of, " yet"), spec,
                   "take one with `dbrollback snapshot`");
}

SnapshotSummary before_version(const std::vector<SnapshotSummary>& candidates, const std::string& version) {
  const SnapshotSummary* found = nullptr;
  for (auto at = candidates.rbegin(); at != candidates.rend(); ++at) {
    if (!version.empty() && at->app_version == version) {
      found = &*at;
    } else if (found != nullptr && !at->app_version.empty()) {
      break;
    }
  }
  if (found == nullptr) {
    std::vector<std::string> versions;
    for (const auto& snapshot : candidates) {
      if (!snapshot.app_version.empty() && std::ranges::find(versions, snapshot.app_version) == versions.end()) {
        versions.push_back(printable(snapshot.app_version));
      }
    }
    constexpr std::ptrdiff_t most = 5;
    versions.erase(versions.begin(), versions.end() - std::min(most, std::ssize(versions)));
    base::fail_usage("unknown_version",
                     cat("no snapshot was taken for version ", printable(version),
                         versions.empty() ? "" : cat("; the newest are for ", base::join(versions, ", "))),
                     version, look);
  }
  return *found;
}

}  // namespace

SnapshotSummary select(const std::vector<SnapshotSummary>& all, const std::string& spec, const std::string& database) {
  std::vector<SnapshotSummary> candidates;
  std::ranges::copy_if(all, std::back_inserter(candidates), [&](const SnapshotSummary& snapshot) {
    // A damaged manifest does not say whose it is: its full id finds it all the same.
    return database.empty() || snapshot.database == database || snapshot.id == spec;
  });
  if (spec == "latest" || spec.starts_with("before:")) {
    // One whose manifest cannot be read may be of any database: only its id means it.
    std::erase_if(candidates,
                  [](const SnapshotSummary& snapshot) { return snapshot.only_by_id() || snapshot.database.empty(); });
    require_one_database(candidates, spec);
    if (candidates.empty()) {
      fail_none(all, spec, database);
    }
    return spec == "latest" ? candidates.back() : before_version(candidates, spec.substr(7));
  }
  std::vector<std::string> fits;
  const SnapshotSummary* found = nullptr;
  for (const auto& snapshot : candidates) {
    if (snapshot.id == spec) {
      return snapshot;
    }
    if (!spec.empty() && snapshot.id.starts_with(spec)) {
      fits.push_back(snapshot.id);
      found = &snapshot;
    }
  }
  if (fits.size() > 1) {
    base::fail_usage("ambiguous_id",
                     cat("'", printable(spec), "' is the beginning of ", fits.size(), " snapshots: ",
                         base::join({fits.begin(), fits.begin() + std::min<std::ptrdiff_t>(
                                                                      5, static_cast<std::ptrdiff_t>(fits.size()))},
                                    ", ")),
                     spec, "give more of the id");
  }
  if (found == nullptr) {
    base::fail_usage(
        "unknown_id",
        cat("there is no snapshot '", printable(spec), "'", database.empty() ? "" : cat(" of ", printable(database))),
        spec, look);
  }
  return *found;
}

}  // namespace dbrollback::repository
