#include "engine/repository/find_parent.hpp"

#include <algorithm>

#include "dbrollback/error.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::repository {

using base::cat;

namespace {

// A smaller database is stored as quickly as it is compared, and each of its snapshots had better stand alone.
constexpr std::uint64_t smallest_with_parent = 16ULL << 20U;

// From this many on, a restore would jump between too many files, and too much would hang on the oldest one.
constexpr std::size_t most_holders = 16;

// Which of its holders is hurt, a damaged snapshot does not say: none of them is trusted.
bool is_suspect(const SnapshotSummary& snapshot, const std::vector<HolderFacts>& holders) {
  return snapshot.damaged && std::ranges::any_of(holders, [&](const HolderFacts& holder) {
           return holder.id == snapshot.id || std::ranges::find(snapshot.holders, holder.id) != snapshot.holders.end();
         });
}

}  // namespace

std::optional<base::Mac::Key> page_key(Store& store, Observer& observer) {
  try {
    return store.page_key();
  } catch (const Error& error) {
    observer.warning(cat(error.what(), ": this snapshot and later ones store every page until that file is removed"));
    return std::nullopt;
  }
}

std::unique_ptr<snapshot::Parent> find_parent(Store& store, const std::vector<SnapshotSummary>& earlier,
                                              const std::string& lineage, const database::Description& database,
                                              const base::Mac::Key& key, Observer& observer) {
  if (database.bytes() < smallest_with_parent) {
    return nullptr;
  }
  const auto latest = std::find_if(earlier.rbegin(), earlier.rend(), [&](const SnapshotSummary& snapshot) {
    return snapshot.lineage == lineage && !snapshot.damaged;
  });
  if (latest == earlier.rend()) {
    return nullptr;
  }
  std::string why;
  try {
    auto parent = std::make_unique<snapshot::Parent>(store.objects(), latest->id, key);
    const auto& holders = parent->holders();
    const auto suspect = std::ranges::find_if(earlier, [&](const auto& each) { return is_suspect(each, holders); });
    if (suspect != earlier.end()) {
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

}  // namespace dbrollback::repository
