#include "engine/restore/in_place.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/restore/build.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/server.hpp"
#include "engine/restore/state_before.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

// The only obstacle of a swap that is one here: it cannot be dropped in a transaction.
constexpr std::string_view subscriptions = "subscriptions";

class InPlaceRestore {
 public:
  InPlaceRestore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan, Observer& observer)
      : from_(&from), before_in_(before_in), plan_(&plan), observer_(&observer) {}

  RestoreResult run() {
    const auto start = std::chrono::steady_clock::now();
    require_whole(*from_, plan_->options.id, *observer_);
    const StoredServerDatabase stored(from_->objects(), snapshot::read_manifest(from_->objects(), plan_->options.id));
    const SnapshotDetails& manifest = stored.manifest();
    const auto target = database::open_server(plan_->database);
    result_ = result_of(*plan_, manifest);
    try {
      drop_interrupted(*target, *observer_);
    } catch (const Error&) {  // this role may not, or has no way to another database: that is for another restore
    }
    const auto writing = std::chrono::steady_clock::now();
    target->restore_in_place(stored.stored(), options_for(*target, stored));
    const auto end = std::chrono::steady_clock::now();
    result_.verified = plan_->options.verify;
    result_.verification = !plan_->options.verify ? "not compared; every frame was checked as it was read"
                                                  : "compared with the snapshot before it was committed: the same";
    result_.downtime = std::chrono::duration_cast<std::chrono::milliseconds>(end - writing);
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(end - start);
    return std::move(result_);
  }

 private:
  database::InPlaceOptions options_for(database::ServerDatabase& target, const StoredServerDatabase& stored) {
    database::InPlaceOptions options;
    options.lock_timeout = plan_->database.lock_timeout;
    options.roles = plan_->options.roles;
    options.keep_state = state_keeper(target, before_in_, *plan_, result_, *observer_);
    options.progress = [this](std::uint64_t bytes) {
      written_ += bytes;
      observer_->progress({.phase = "loading rows", .done = written_, .total = 0, .unit = "bytes"});
    };
    options.tick = [this] { snapshot::stop_if_cancelled(*observer_); };
    if (plan_->options.verify) {
      options.compare = [this, &stored](database::View& restored) { require_equal(restored, stored); };
    }
    return options;
  }

  void require_equal(database::View& restored, const StoredServerDatabase& stored) {
    const auto found = compare(restored, stored, {.roles = plan_->options.roles.as_stored(), .data = true}, *observer_);
    if (!found.empty()) {
      base::fail({.code = "restored_differs",
                  .exit = Exit::failed,
                  .message = cat("what was restored is not what ", plan_->options.id, " holds: ", found.front().object,
                                 " ", found.front().problem,
                                 found.size() > 1 ? cat(", and ", base::plural(found.size() - 1, "more finding")) : ""),
                  .object = plan_->target,
                  .state = "nothing was changed",
                  .next = "restore it into another database with --into URL, and look there with `dbrollback diff`"});
    }
  }

  repository::Store* from_;
  repository::Store* before_in_;
  const RestorePlan* plan_;
  Observer* observer_;
  RestoreResult result_;
  std::uint64_t written_ = 0;
};

}  // namespace

void plan_in_place(repository::Store& from, database::ServerDatabase& target, const SnapshotDetails& manifest,
                   RestorePlan& plan) {
  if (!target.exists()) {
    base::fail(
        {.code = "no_target",
         .exit = Exit::refused,
         .message = cat("there is nothing to restore in the place of: ", printable(plan.target), " does not exist"),
         .object = plan.target,
         .state = "nothing was changed",
         .next = "leave --in-place out"});
  }
  for (const auto& obstacle : target.obstacles()) {
    if (obstacle.name == subscriptions) {
      base::fail({.code = obstacle.name,
                  .exit = Exit::refused,
                  .message = obstacle.description,
                  .object = plan.target,
                  .state = "nothing was changed",
                  .next = obstacle.next});
    }
  }
  refuse_without_rights(target, plan);
  if (const auto proof = from.read_proof(plan.options.id)) {
    plan.expected_downtime = proof->restore_duration;
  }
  estimate_loss(target, manifest, plan);
}

RestoreResult execute_in_place(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                               Observer& observer) {
  return InPlaceRestore(from, before_in, plan, observer).run();
}

}  // namespace dbrollback::restore
