// How the commands speak of snapshots.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "tools/cli/console.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/table.hpp"

namespace dbrollback::cli {

// "restored 2 h ago", "DAMAGED", "not yet proven".
[[nodiscard]] Cell proof_cell(const SnapshotSummary& snapshot, Time now);

// The table of `list`, oldest first. The name of the database is a column where there are several.
[[nodiscard]] Table snapshot_table(const std::vector<SnapshotSummary>& snapshots, Time now);

// 'check "balance" returned 3 instead of 0'.
[[nodiscard]] std::string failed_check_text(const CheckResult& check);

// What a partial snapshot must not be taken for: "PARTIAL: …"; empty for a whole one.
[[nodiscard]] std::string partial_text(const SnapshotSummary& snapshot);

// "99.1 % of the pages, held by 20261120T233015Z-v1.4.2-7f3a"; empty for a snapshot that stands alone.
[[nodiscard]] std::string unchanged_text(const SnapshotDetails& details);

// "  size  207 MB" for each pair, the labels aligned. Pairs with an empty text are left out.
using Facts = std::vector<std::pair<std::string, std::string>>;
void say_facts(Console& console, const Facts& facts);

// What to type next: "  to prove it:  dbrollback verify …". Nothing under --quiet.
void say_next(Console& console, const Facts& suggestions);

}  // namespace dbrollback::cli
