// Who is told of deploys and rollbacks: [[notify]].
#pragma once

#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

[[nodiscard]] std::vector<NotifyConfig> read_receivers(const Item& list);

}  // namespace dbrollback::config
