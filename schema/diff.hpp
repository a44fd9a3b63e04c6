// What differs between two schemas.
#pragma once

#include <string>
#include <vector>

#include "schema/model.hpp"

namespace dbrollback::schema {

struct Change {
  std::string object;  // "table orders"
  std::string change;  // "added", "removed", "column email removed", "definition changed"
};

// What happened on the way from `before` to `after`, tables first, by name.
[[nodiscard]] std::vector<Change> diff(const Schema& before, const Schema& after);

}  // namespace dbrollback::schema
