#include "engine/repository/take.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/id.hpp"

namespace dbrollback::repository {

using base::cat;
using base::printable;

namespace {

// What the snapshot will need when it stores everything: as the latest one of this database that did, or half of the
// database, and some more.
std::uint64_t expected_bytes(Store& store, const std::string& lineage, std::uint64_t raw_bytes) {
  double ratio = 0.5;
  for (const auto& snapshot : store.catalog().all()) {
    if (snapshot.lineage == lineage && snapshot.raw_bytes > 0 && !snapshot.damaged && snapshot.parent.empty()) {
      ratio = static_cast<double>(snapshot.stored_bytes) / static_cast<double>(snapshot.raw_bytes);
    }
  }
  return static_cast<std::uint64_t>(static_cast<double>(raw_bytes) * ratio * 1.2) + (1U << 20U);
}

void warn_of_place(Store& store, const database::Database& database, Observer& observer) {
  const base::Disk here = base::disk_of(store.folder());
  if (here.in_memory) {
    observer.warning(cat("the repository ", printable(store.folder().native()),
                         " is in memory (tmpfs): a restart of this machine loses every snapshot"));
  } else if (here.device == base::disk_of(database.location()).device) {
    observer.warning(cat("the repository ", printable(store.folder().native()),
                         " is on the database's own disk: losing that disk loses both"));
  }
}

// A smaller database is stored as quickly as it is compared, and each of its snapshots had better stand alone.
constexpr std::uint64_t smallest_with_parent = 16ULL << 20U;

// From this many on, a restore would jump between too many files, and too much would hang on the oldest one.
constexpr std::size_t most_holders = 16;

// The snapshot whose pages the next one need not store again; null: it stores everything.
std::unique_ptr<snapshot::Parent> find_parent(Store& store, const std::string& lineage,
                                              const database::Description& database, const base::Mac::Key& key,
                                              Observer& observer) {
  if (database.bytes() < smallest_with_parent) {
    return nullptr;
  }
  const auto all = store.catalog().all();
  const auto latest = std::find_if(all.rbegin(), all.rend(), [&](const SnapshotSummary& snapshot) {
    return snapshot.lineage == lineage && !snapshot.damaged;
  });
  if (latest == all.rend()) {
    return nullptr;
  }
  std::string why;
  try {
    auto parent = std::make_unique<snapshot::Parent>(store.objects(), latest->id, key);
    const auto& holders = parent->holders();
    // Which of its holders is hurt, a damaged snapshot does not say: none of them is trusted.
    const auto suspect = std::ranges::find_if(all, [&](const SnapshotSummary& snapshot) {
      return snapshot.damaged && std::ranges::any_of(holders, [&](const HolderFacts& holder) {
               return holder.id == snapshot.id ||
                      std::ranges::find(snapshot.holders, holder.id) != snapshot.holders.end();
             });
    });
    if (suspect != all.end()) {
      why = cat(suspect->id, " is damaged, and has pages in common with it");
    } else if (parent->manifest().page_size != database.page_size) {
      why = cat("the page size has changed since ", latest->id);
    } else if (holders.size() >= most_holders) {
      why = cat(latest->id, " refers to ", holders.size() - 1, " others already");
    } else {
      return parent;
    }
  } catch (const Error& error) {
    why = error.what();
  }
  observer.note(cat("storing every page again: ", why));
  return nullptr;
}

// An application that lost its file makes an empty one: that must not pass for a good snapshot.
void warn_of_emptiness(Store& store, const SnapshotDetails& taken, Observer& observer) {
  if (taken.summary.tables > 0) {
    return;
  }
  for (const auto& snapshot : store.catalog().all()) {
    if (snapshot.lineage == taken.summary.lineage && snapshot.tables > 0) {
      observer.warning(
          cat("the database has no tables, and had ", snapshot.tables, " in ", snapshot.id, ": is it the right file?"));
      return;
    }
  }
}

// Without the secret, snapshots stand alone: that is no reason to have none.
std::optional<base::Mac::Key> page_key(Store& store, Observer& observer) {
  try {
    return store.page_key();
  } catch (const Error& error) {
    observer.warning(cat(error.what(), ": this snapshot and later ones store every page until that file is removed"));
    return std::nullopt;
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
  return {.lock_timeout = config.lock_timeout, .max_writer_pause = config.max_writer_pause, .tick = [&observer] {
            snapshot::stop_if_cancelled(observer);
          }};
}

SnapshotDetails take(Store& store, database::Database& database, const DatabaseConfig& config,
                     const SnapshotOptions& options, bool tolerate_damage, Observer& observer) {
  const auto view = database.open_view(view_options(config, observer), observer);
  const std::string lineage = store.lineage_of(config, database.location());
  warn_of_place(store, database, observer);
  require_room(expected_bytes(store, lineage, view->describe().bytes()), store.objects().free_bytes().value_or(~0ULL),
               store.folder(), "the snapshot",
               "free some room there (`dbrollback prune` removes old snapshots), or give another --repository");
  const base::Time created = base::now();
  const std::string id = snapshot::make_id(created, options.app_version);
  const auto key = page_key(store, observer);
  const auto parent = key && !options.full ? find_parent(store, lineage, view->describe(), *key, observer) : nullptr;
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
    warn_of_emptiness(store, taken, observer);
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
