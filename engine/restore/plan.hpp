// What a restore would do.
#pragma once

#include "dbrollback/restore.hpp"
#include "engine/database/database.hpp"
#include "engine/snapshot/open.hpp"

namespace dbrollback::restore {

[[nodiscard]] RestorePlan plan(repository::Store& from, const DatabaseConfig& database, const RestoreOptions& options,
                               Observer& observer);

// A number that changes when the target becomes another file or another kind of thing.
[[nodiscard]] std::uint64_t stamp_of(const std::filesystem::path& target, RestorePlan::Target kind);

// The beginning of the result of a restore of everything that a snapshot holds.
[[nodiscard]] RestoreResult result_of(const RestorePlan& plan, const SnapshotDetails& manifest);

// For who executes a plan: throws Error "target_changed" (Exit::refused).
[[noreturn]] void refuse_changed_target(const RestorePlan& plan);

[[nodiscard]] RestorePlan::Target kind_of(const database::Condition& condition);

}  // namespace dbrollback::restore
