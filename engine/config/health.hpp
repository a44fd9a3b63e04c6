// What tells whether the application works: [[health]] and [[app.service.health]].
#pragma once

#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

[[nodiscard]] std::vector<HealthProbe> read_probes(const Item& list);

}  // namespace dbrollback::config
