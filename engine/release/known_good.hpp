// The versions that are marked as good: known-good.json, sealed, replaced as a whole.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/release.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::release {

// The first that was marked first. Throws Error (Exit::damaged).
[[nodiscard]] std::vector<KnownGood> read_known_good(repository::Store& store);
// Precondition: `store.lock_known_good` is held since it was read.
void write_known_good(repository::Store& store, const std::vector<KnownGood>& all);

// See dbrollback::versions_of_json.
[[nodiscard]] std::vector<std::string> versions_of(const std::string& text, const std::string& file);

}  // namespace dbrollback::release
