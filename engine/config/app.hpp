// The application: [app] and [[app.service]].
#pragma once

#include <filesystem>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

// `folder` is what relative paths are relative to, and what commands run in unless the section says otherwise.
[[nodiscard]] AppConfig read_app(const Item& table, const std::filesystem::path& folder);

}  // namespace dbrollback::config
