// The documents that `--json` prints; docs/json.md specifies them. Each is one JSON object in UTF-8 that ends in a
// newline and holds "schema_version".
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dbrollback/deploy.hpp"
#include "dbrollback/diff.hpp"
#include "dbrollback/doctor.hpp"
#include "dbrollback/error.hpp"
#include "dbrollback/migrate.hpp"
#include "dbrollback/prune.hpp"
#include "dbrollback/release.hpp"
#include "dbrollback/restore.hpp"
#include "dbrollback/rollback.hpp"
#include "dbrollback/run.hpp"
#include "dbrollback/status.hpp"
#include "dbrollback/verify.hpp"

namespace dbrollback {

[[nodiscard]] std::string to_json(const ErrorInfo& error);
[[nodiscard]] std::string to_json(const SnapshotDetails& snapshot);
[[nodiscard]] std::string to_json(const std::vector<SnapshotSummary>& snapshots);
// `too_old`: a sentence for each database whose newest snapshot is older than it may be.
[[nodiscard]] std::string to_json(const std::vector<VerifyReport>& reports, const std::vector<VerifyFailure>& failures,
                                  const std::vector<std::string>& too_old);
[[nodiscard]] std::string to_json(const RestorePlan& plan);
[[nodiscard]] std::string to_json(const RestoreResult& result);
// Of `restore --undo --dry-run`, and of `restore --discard-old`.
[[nodiscard]] std::string to_json(const ReplacedDatabase& back, const WrittenSinceSwap& since);
[[nodiscard]] std::string to_json(const std::vector<ReplacedDatabase>& replaced, bool dropped);
[[nodiscard]] std::string to_json(const SwapResult& result);
[[nodiscard]] std::string to_json(const ExportResult& result);
[[nodiscard]] std::string to_json(const DiffReport& report);
[[nodiscard]] std::string to_json(const PrunePlan& plan, bool executed);
[[nodiscard]] std::string to_json(const std::vector<Diagnosis>& findings);
[[nodiscard]] std::string to_json(const MigrateStatus& status);
[[nodiscard]] std::string to_json(const MigrateResult& result);
[[nodiscard]] std::string to_json(const MigrationPlan& plan);
[[nodiscard]] std::string to_json(const RehearsalReport& report);
[[nodiscard]] std::string to_json(const Run& run);
[[nodiscard]] std::string to_json(const DeployResult& result);
[[nodiscard]] std::string to_json(const RollbackPlan& plan);
[[nodiscard]] std::string to_json(const RollbackResult& result);
[[nodiscard]] std::string to_json(const std::vector<DatabaseStatus>& databases);
[[nodiscard]] std::string to_json(const Release& release, bool is_current);
[[nodiscard]] std::string to_json(const std::vector<Release>& releases);
[[nodiscard]] std::string to_json(const std::vector<KnownGood>& versions);
// {"schema_version": 1, "key": "value", …} for the small commands: init, pin, unpin, catalog rebuild.
using JsonFields = std::vector<std::pair<std::string, std::variant<std::string, bool, std::uint64_t>>>;
[[nodiscard]] std::string to_json(const JsonFields& fields);

}  // namespace dbrollback
