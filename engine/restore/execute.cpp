#include "engine/restore/execute.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/in_place.hpp"
#include "engine/restore/keep_aside.hpp"
#include "engine/restore/load.hpp"
#include "engine/restore/new_file.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/server.hpp"
#include "engine/restore/server_tables.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/open.hpp"
#include "engine/snapshot/verify_stored.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

class Restore {
 public:
  Restore(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
          const std::function<void()>& before_change, Observer& observer)
      : from_(&from), before_in_(before_in), plan_(&plan), before_change_(before_change), observer_(&observer) {}

  RestoreResult run() {
    const auto start = std::chrono::steady_clock::now();
    require_whole(*from_, plan_->options.id, *observer_);
    snapshot::OpenSnapshot source(from_->objects(), plan_->options.id,
                                  repository::view_options(plan_->database, *observer_));
    describe(source.manifest());
    refuse_if_moved();
    if (before_change_) {
      before_change_();
    }
    switch (plan_->kind) {
      case RestorePlan::Target::new_file:
        write_new_file(source.pages(), plan_->target, plan_->options.verify, *observer_);
        if (!plan_->options.into) {  // the application's own file: root must not be the only one who can write it
          base::give_to_folder_owner(plan_->target);
        }
        note_comparison(plan_->options.verify ? database::OverwriteResult::Comparison::equal
                                              : database::OverwriteResult::Comparison::not_done);
        break;
      case RestorePlan::Target::live:
        plan_->options.tables.empty() ? overwrite(source.pages()) : overwrite_tables(source.pages());
        break;
      case RestorePlan::Target::replace:
        replace(source.pages());
        break;
      case RestorePlan::Target::new_database:
      case RestorePlan::Target::swap:
      case RestorePlan::Target::in_place:
      case RestorePlan::Target::load:
        break;  // a server's
    }
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return std::move(result_);
  }

 private:
  void describe(const SnapshotDetails& manifest) {
    result_.id = plan_->options.id;
    result_.target = plan_->target;
    result_.bytes = manifest.summary.raw_bytes;
    for (const auto& table : manifest.tables) {
      const auto& chosen = plan_->options.tables;
      if (chosen.empty() || std::ranges::find(chosen, table.name) != chosen.end()) {
        ++result_.tables;
        result_.rows += table.rows;
      }
    }
  }

  void refuse_if_moved() {
    const auto kind = kind_of(database::open_file(plan_->target)->condition());
    if (stamp_of(plan_->target, kind) != plan_->target_stamp) {
      refuse_changed_target(*plan_);
    }
  }

  void keep_state() {
    const auto database = database::open_file(plan_->target);
    SnapshotOptions options;
    options.reason = cat("before restore of ", plan_->options.id);
    DatabaseConfig config = plan_->database;
    config.checks.clear();                                   // they may well fail on what is being replaced
    config.max_writer_pause = std::chrono::hours(24 * 365);  // writers wait for the restore anyway
    if (plan_->options.into) {  // another database than the configured one: its own name, its own retention
      config.name = plan_->target;
    }
    SnapshotSummary kept = repository::take(*before_in_, *database, config, options, true, *observer_).summary;
    if (!kept.holders.empty() && !is_whole(kept)) {
      // What it refers to is damaged: it would be no way back.
      before_in_->remove_snapshot(kept.id);
      options.full = true;
      kept = repository::take(*before_in_, *database, config, options, true, *observer_).summary;
    }
    result_.snapshot_before = kept.id;
  }

  bool is_whole(const SnapshotSummary& kept) {
    const auto read = [this](std::uint64_t /*bytes*/) { snapshot::stop_if_cancelled(*observer_); };
    return snapshot::verify_stored(before_in_->objects(), kept.id, read).damage.empty();
  }

  std::function<void()> state_keeper() {
    if (!plan_->options.snapshot_before) {
      return {};
    }
    if (before_in_ == nullptr) {
      base::fail_usage("no_repository", "there is no repository for the snapshot of the state before", {},
                       "give --repository, or --no-snapshot-before to go without");
    }
    return [this] { keep_state(); };
  }

  void overwrite(database::PageSource& pages) {
    database::OverwriteOptions options = options_for(pages.size());
    options.keep_state = state_keeper();
    const auto done = database::open_file(plan_->target)->overwrite(pages, options);
    make_lasting();
    result_.writers_paused = done.writers_paused;
    note_comparison(done.comparison);
  }

  void overwrite_tables(database::PageSource& pages) {
    const auto start = std::chrono::steady_clock::now();
    database::open_file(plan_->target)
        ->overwrite_tables(pages, plan_->options.tables,
                           {.lock_timeout = plan_->database.lock_timeout,
                            .allow_orphans = plan_->options.allow_orphans,
                            .keep_state = state_keeper(),
                            .tick = [this] { snapshot::stop_if_cancelled(*observer_); }});
    make_lasting();
    result_.writers_paused =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    result_.verification = "one transaction, foreign keys checked before it was committed";
  }

  void replace(database::PageSource& pages) {
    KeptAside kept(plan_->target, plan_->keep_aside);
    result_.kept_aside = kept.copies();
    try {
      kept.clear_place();
      const auto done = database::open_file(plan_->target)->overwrite(pages, options_for(pages.size()));
      make_lasting();
      note_comparison(done.comparison);
    } catch (const Error& error) {
      if (error.exit() != Exit::partial) {
        kept.put_back(error);
      }
      throw;
    }
  }

  // A database removes its journal to commit, and SQLite does not sync that: a power cut could bring the journal back,
  // and with it what was there before.
  void make_lasting() {
    try {
      base::sync_folder(database::open_file(plan_->target)->file()->parent_path());
    } catch (const Error& error) {
      ErrorInfo info = error.info();
      info.exit = Exit::partial;
      info.state = cat(printable(plan_->target),
                       " is restored, and a power cut may undo that; what was kept of the state before is still there");
      info.next = "look at that disk, then run this command again";
      base::fail(std::move(info));
    }
  }

  database::OverwriteOptions options_for(std::uint64_t total) {
    return {.lock_timeout = plan_->database.lock_timeout,
            .verify = plan_->options.verify,
            .private_file = false,
            .keep_state = {},
            .progress =
                [this, total](std::string_view phase, std::uint64_t bytes) {
                  observer_->progress({.phase = phase, .done = bytes, .total = total, .unit = "bytes"});
                },
            .tick = [this] { snapshot::stop_if_cancelled(*observer_); }};
  }

  void note_comparison(database::OverwriteResult::Comparison comparison) {
    using enum database::OverwriteResult::Comparison;
    result_.verified = comparison == equal;
    result_.verification =
        comparison == equal ? "every page compared with the snapshot: the same"
        : comparison == written_since
            ? "not compared: the application wrote to it at once; every frame was checked as it was read"
            : "not compared; every frame was checked as it was read";
  }

  repository::Store* from_;
  repository::Store* before_in_;
  const RestorePlan* plan_;
  const std::function<void()>& before_change_;
  Observer* observer_;
  RestoreResult result_;
};

}  // namespace

namespace {

// So that `list` shows it, and the next snapshot does not refer to it. A repository that cannot be written stays as it
// is.
void record_damage(repository::Store& from, const std::string& id) {
  try {
    repository::ProofRecord proof;
    proof.at = base::now();
    proof.damaged = true;
    from.write_proof(id, proof);
  } catch (const Error&) {
  }
}

}  // namespace

void require_whole(repository::Store& from, const std::string& id, Observer& observer) {
  std::uint64_t done = 0;
  const std::uint64_t total = from.listed_summary(id).stored_bytes;
  const auto stored = snapshot::verify_stored(from.objects(), id, [&](std::uint64_t bytes) {
    done += bytes;
    snapshot::stop_if_cancelled(observer);
    observer.progress({.phase = "checking the snapshot", .done = done, .total = total, .unit = "bytes"});
  });
  for (const Finding& finding : stored.beside) {
    observer.warning(cat("snapshot ", id, ": ", finding.object, " ", finding.problem, "; its data is whole"));
  }
  if (!stored.damage.empty()) {
    record_damage(from, id);
    const Finding& first = stored.damage.front();
    base::fail(
        {.code = "damaged_snapshot",
         .exit = Exit::damaged,
         .message =
             cat("snapshot ", id, " is damaged: ", first.object, " ", first.problem,
                 stored.damage.size() > 1 ? cat(", and ", base::plural(stored.damage.size() - 1, "more finding")) : ""),
         .object = id,
         .state = "nothing was changed",
         .next = "`dbrollback verify --all` finds the snapshots that are whole"});
  }
}

void write_new_file(database::PageSource& pages, const std::filesystem::path& file, bool verify, Observer& observer) {
  database::OverwriteOptions options;
  options.verify = verify;
  options.private_file = true;
  options.progress = [&](std::string_view phase, std::uint64_t bytes) {
    observer.progress({.phase = phase, .done = bytes, .total = pages.size(), .unit = "bytes"});
  };
  options.tick = [&] { snapshot::stop_if_cancelled(observer); };
  make_new_file(file, [&](const base::fs::path& path) { (void)database::open_file(path)->overwrite(pages, options); });
}

RestoreResult execute(repository::Store& from, repository::Store* before_in, const RestorePlan& plan,
                      const std::function<void()>& before_change, Observer& observer) {
  using enum RestorePlan::Target;
  if (plan.kind == new_database || plan.kind == swap) {
    return execute_server(from, plan, before_change, observer);
  }
  if (before_change && plan.is_on_server()) {
    before_change();
  }
  if (plan.kind == load) {
    return execute_load(from, plan, observer);
  }
  if (plan.kind == in_place) {
    return execute_in_place(from, before_in, plan, observer);
  }
  return plan.is_on_server() ? execute_server_tables(from, before_in, plan, observer)
                             : Restore(from, before_in, plan, before_change, observer).run();
}

}  // namespace dbrollback::restore
