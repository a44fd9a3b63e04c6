// Verification of what is stored: every file of a snapshot is there, whole and its own, and nothing else is.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dbrollback/verify.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {

// Files beside the manifest that others write: they are not the snapshot's own and may come and go.
constexpr std::string_view proof_file = "proof.json";
constexpr std::string_view pin_file = "pin.json";

struct StoredCheck {
  std::vector<Finding> damage;
  // Damage too, but not of the data: files that do not belong there, and page tags, which no reader needs.
  std::vector<Finding> beside;
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
};

// Reads every byte once; damage is looked at twice before it is reported, and named down to page ranges. `read` is told
// of bytes read and may throw to stop.
[[nodiscard]] StoredCheck verify_stored(storage::ObjectStore& store, const std::string& id,
                                        const std::function<void(std::uint64_t)>& read);

}  // namespace dbrollback::snapshot
