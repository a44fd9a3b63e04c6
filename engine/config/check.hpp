// The integrity queries, [[database.NAME.check]].
#pragma once

#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

[[nodiscard]] std::vector<Check> read_checks(const Item& list);

}  // namespace dbrollback::config
