// Proving a snapshot: what is stored, what is in it, and what a restore of it gives.
#pragma once

#include "dbrollback/verify.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::restore {

// Records the outcome beside the manifest; a repository that cannot be written is a warning to the observer.
[[nodiscard]] VerifyReport prove(repository::Store& store, const std::string& id, const VerifyOptions& options,
                                 Observer& observer);

}  // namespace dbrollback::restore
