#include "engine/recovery/restore.hpp"

#include <memory>
#include <string>

#include "engine/base/lock.hpp"
#include "engine/base/text.hpp"
#include "engine/database/database.hpp"
#include "engine/migrate/unfinished.hpp"
#include "engine/restore/execute.hpp"

namespace dbrollback::recovery {

RestoreResult restore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                      const std::function<void()>& before_change, Observer& observer) {
  const auto shared = from.share(plan.database.lock_timeout);
  base::FileLock shared_before;
  base::FileLock alone;
  std::string identity;
  if (before_in != nullptr) {
    shared_before = before_in->share(plan.database.lock_timeout);
    const std::unique_ptr<database::Database> target =
        plan.is_on_server() ? database::open_database(plan.database) : database::open_file(plan.target);
    identity = target->identity();
    alone = before_in->lock_database(identity, target->location());
  }
  RestoreResult result = restore::execute(from, before_in, plan, before_change, observer);
  if (before_in != nullptr && plan.options.tables.empty()) {
    change_state(*before_in, identity, result.kept_database.empty() ? result.snapshot_before : result.kept_database,
                 plan.options.id, observer);
  }
  return result;
}

void change_state(repository::Store& store, const std::string& identity, const std::string& aside,
                  const std::string& back, Observer& observer) {
  try {
    migrate::UnfinishedRecord(store, identity).change_state(aside, back);
  } catch (const Error& error) {
    observer.warning(base::cat("whether a migration is half way could not be recorded: ", error.what(),
                               "; see `dbrollback migrate status`"));
  }
}

}  // namespace dbrollback::recovery
