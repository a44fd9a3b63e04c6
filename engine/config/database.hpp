// The sections [database.NAME].
#pragma once

#include <filesystem>
#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

// In the order of the file. `folder` is what relative paths are relative to.
[[nodiscard]] std::vector<DatabaseConfig> read_databases(const Item& table, const std::filesystem::path& folder);

}  // namespace dbrollback::config
