#include "engine/recovery/proven_snapshot.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/prove.hpp"
#include "engine/snapshot/capture.hpp"

namespace dbrollback::recovery {

SnapshotSummary snapshot_for(repository::Store& store, const DatabaseConfig& database, const std::string& app_version,
                             const std::string& reason, const std::string& pin, Observer& observer) {
  for (const std::string& id : store.sweep()) {
    observer.note(base::cat("removed ", id, ", which a snapshot that was cut off had left unfinished"));
  }
  const auto shared = store.share(database.lock_timeout);
  for (SnapshotSummary& snapshot : store.catalog().all()) {
    if (snapshot.reason == reason && !snapshot.damaged) {
      return std::move(snapshot);
    }
  }
  const auto target = database::open_database(database);
  const auto alone = store.lock_database(target->identity(), target->location());
  SnapshotOptions options;
  options.app_version = app_version;
  options.reason = reason;
  options.pin = pin;
  return repository::take(store, *target, database, options, false, observer).summary;
}

VerifyReport prove_snapshot(repository::Store& store, const DatabaseConfig& database, const std::string& id,
                            Proof level, Observer& observer) {
  const auto shared = store.share(database.lock_timeout);
  VerifyOptions options;
  options.level = level;
  options.database = database;
  return restore::prove(store, id, options, observer);
}

void unpin(repository::Store& store, const std::string& reason) {
  for (const SnapshotSummary& snapshot : store.catalog().all()) {
    if (snapshot.pinned && snapshot.pin_reason == reason) {
      store.remove_pin(snapshot.id);
    }
  }
}

void stop_if_cancelled(Observer& observer) { snapshot::stop_if_cancelled(observer); }

}  // namespace dbrollback::recovery
