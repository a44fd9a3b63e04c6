#include "tools/commands/freshness.hpp"

#include <algorithm>

#include "tools/cli/format.hpp"

namespace dbrollback::commands {

std::vector<SnapshotSummary> newest_of_each(const std::vector<SnapshotSummary>& snapshots) {
  std::vector<SnapshotSummary> newest;
  for (const SnapshotSummary& snapshot : snapshots) {
    if (snapshot.only_by_id()) continue;  // as everywhere, `latest` never means these
    std::erase_if(newest, [&](const SnapshotSummary& older) { return older.database == snapshot.database; });
    newest.push_back(snapshot);
  }
  return newest;
}

std::vector<std::string> too_old(const std::vector<SnapshotSummary>& snapshots,
                                 const std::vector<DatabaseConfig>& expected, std::chrono::milliseconds max_age,
                                 Time now) {
  std::vector<std::string> sentences;
  const std::vector<SnapshotSummary> newest = newest_of_each(snapshots);
  for (const SnapshotSummary& snapshot : newest) {
    if (now - snapshot.created <= max_age) continue;
    sentences.push_back("the newest snapshot of " + snapshot.database + ", " + snapshot.id + ", is " +
                        cli::age(now - snapshot.created) + " old, which is more than " + cli::duration(max_age));
  }
  for (const DatabaseConfig& database : expected) {
    const bool any = std::any_of(newest.begin(), newest.end(),
                                 [&](const SnapshotSummary& snapshot) { return snapshot.database == database.name; });
    if (!any) sentences.push_back("there is no snapshot of " + database.name);
  }
  return sentences;
}

}  // namespace dbrollback::commands
