// The configuration files that a way back puts back, as far as they are kept undamaged.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/release.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// Takes those out of `files` whose kept copy is missing or damaged: they must not be in the way of the others, nor of
// the database. Returns a sentence for each.
[[nodiscard]] std::vector<std::string> take_out_damaged_files(repository::Store& store,
                                                              std::vector<ReleaseFile>& files);

}  // namespace dbrollback::recovery
