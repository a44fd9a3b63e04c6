#include "engine/repository/take.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/find_parent.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/id.hpp"

namespace dbrollback::repository {

using base::cat;
using base::printable;

namespace {

constexpr std::uint64_t smallest_room = 1U << 20U;

// What the snapshot will need when it stores everything: as the latest one of this database that did, or half of the
// database, and some more.
std::uint64_t expected_bytes(const std::vector<SnapshotSummary>& earlier, const std::string& lineage,
                             std::uint64_t raw_bytes) {
  double ratio = 0.5;
  for (const auto& snapshot : earlier) {
    if (snapshot.lineage == lineage && snapshot.raw_bytes > 0 && !snapshot.damaged && !snapshot.partial &&
        snapshot.parent.empty()) {
      ratio = static_cast<double>(snapshot.stored_bytes) / static_cast<double>(snapshot.raw_bytes);
    }
  }
  return static_cast<std::uint64_t>(static_cast<double>(raw_bytes) * ratio * 1.2) + smallest_room;
}

void warn_of_place(Store& store, const database::Database& database, Observer& observer) {
  const auto file = database.file();
  const base::Disk here = base::disk_of(store.folder());
  if (here.in_memory) {
    observer.warning(cat("the repository ", printable(store.folder().native()),
                         " is in memory (tmpfs): a restart of this machine loses every snapshot"));
  } else if (file && here.device == base::disk_of(*file).device) {
    observer.warning(cat("the repository ", printable(store.folder().native()),
                         " is on the database's own disk: losing that disk loses both"));
  }
}

// An application that lost its file makes an empty one: that must not pass for a good snapshot.
void warn_of_emptiness(const std::vector<SnapshotSummary>& earlier, const std::string& lineage,
                       const database::Description& database, Observer& observer) {
  if (!database.schema.tables.empty() || database.partial) {
    return;
  }
  for (const auto& snapshot : earlier) {
    if (snapshot.lineage == lineage && snapshot.tables > 0) {
      observer.warning(
          cat("the database has no tables, and had ", snapshot.tables, " in ", snapshot.id, ": is it the right file?"));
      return;
    }
  }
}

}  // namespace

void require_room(std::uint64_t needed, std::uint64_t free, const std::string& place, const std::string& what,
                  const std::string& next) {
  if (free < needed) {
    base::fail({.code = "no_room",
                .exit = Exit::failed,
                .message = cat(what, " needs about ", base::human_bytes(needed), ", and the disk of ", printable(place),
                               " has ", base::human_bytes(free), " left"),
                .object = place,
                .state = "nothing was changed",
                .next = next});
  }
}

database::ViewOptions view_options(const DatabaseConfig& config, Observer& observer) {
  database::ViewOptions options;
  options.lock_timeout = config.lock_timeout;
  options.max_writer_pause = config.max_writer_pause;
  options.tick = [&observer] { snapshot::stop_if_cancelled(observer); };
  return options;
}

SnapshotDetails take(Store& store, database::Database& database, const DatabaseConfig& config,
                     const SnapshotOptions& options, bool tolerate_damage, Observer& observer) {
  auto how = view_options(config, observer);
  how.with_schema = true;
  how.tables = options.tables;
  how.exclude_tables = options.exclude_tables;
  const auto view = database.open_view(how, observer);
  const std::string lineage = store.lineage_of(config, database.identity());
  const auto earlier = store.catalog().all();
  warn_of_place(store, database, observer);
  warn_of_emptiness(earlier, lineage, view->describe(), observer);
  const base::Time created = base::now();
  const std::string id = snapshot::make_id(created, options.app_version);
  const bool has_pages = view->describe().page_size != 0;
  const auto key = has_pages ? page_key(store, observer) : std::nullopt;
  const auto parent =
      key && !options.full ? find_parent(store, earlier, lineage, view->describe(), *key, observer) : nullptr;
  // With a parent little may be enough: that only the pages can tell. So it is with chosen tables.
  require_room(
      parent || view->describe().partial ? smallest_room : expected_bytes(earlier, lineage, view->describe().bytes()),
      store.objects().free_bytes().value_or(~0ULL), store.folder(), "the snapshot",
      "free some room there (`dbrollback prune` removes old snapshots), or give another --repository");
  const snapshot::CaptureOptions names{.id = id,
                                       .lineage = lineage,
                                       .created = created,
                                       .tolerate_damage = tolerate_damage,
                                       .page_key = key ? &*key : nullptr,
                                       .parent = parent.get()};
  try {
    if (!options.pin.empty()) {
      store.write_pin(id, options.pin);  // first: a snapshot that must stay is never without its pin
    }
    SnapshotDetails taken = snapshot::capture(*view, store.objects(), config, options, names, observer);
    if (!options.pin.empty()) {
      taken.summary.pinned = true;
      taken.summary.pin_reason = options.pin;
    }
    return taken;
  } catch (...) {
    try {
      store.remove_snapshot(id);
    } catch (const Error&) {
      // What stays has no manifest: it is no snapshot, and the next command sweeps it away.
      observer.note(cat("what was written of ", id, " could not be removed now; the next snapshot removes it"));
    }
    throw;
  }
}

}  // namespace dbrollback::repository
