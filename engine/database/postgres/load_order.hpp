// In which order tables can be loaded while their foreign keys are checked.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

struct LoadOrder {
  std::vector<std::size_t> order;   // places in `tables`, what others refer to first; all of them
  std::vector<std::size_t> circle;  // the last of them, that refer to each other in a circle; empty: there is none
};

// `tables`: oids. Keys that can be checked at the end of a transaction do not count, nor do those of a table to itself:
// they are checked at the end of a statement.
[[nodiscard]] LoadOrder load_order(Connection& connection, const std::vector<std::uint32_t>& tables);

}  // namespace dbrollback::database::postgres
