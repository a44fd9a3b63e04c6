// Taking a snapshot of a view: describe, count, check, read.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/database/database.hpp"
#include "engine/snapshot/parent.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {

struct CaptureOptions {
  std::string id;
  std::string lineage;
  std::chrono::sys_time<std::chrono::nanoseconds> created;
  // For the state before a restore: a database that is being replaced may well be damaged. Tables that cannot be
  // counted are named in left_out instead of ending the snapshot.
  bool tolerate_damage = false;
  // For repositories: what tags pages, and the snapshot whose pages need not be stored again. Both may be null.
  const base::Mac::Key* page_key = nullptr;
  const Parent* parent = nullptr;
};

// Writes every segment and, last, the manifest. State after a failure: no manifest.
[[nodiscard]] SnapshotDetails capture(database::View& view, storage::ObjectStore& store, const DatabaseConfig& config,
                                      const SnapshotOptions& options, const CaptureOptions& names, Observer& observer);

// What a manifest says of a schema: equal for equal ones. 32 hexadecimal digits.
[[nodiscard]] std::string schema_fingerprint(const schema::Schema& schema);
[[nodiscard]] std::string schema_fingerprint(const database::View& view);

// The results of the integrity queries on a view.
[[nodiscard]] std::vector<CheckResult> run_checks(database::View& view, const std::vector<Check>& checks);

// Throws Error "interrupted" when the observer wants that.
void stop_if_cancelled(Observer& observer);

}  // namespace dbrollback::snapshot
