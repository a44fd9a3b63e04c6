// Where a value was written, so that a mistake in it can be named: in a file, or in an environment variable.
#pragma once

#include <string>
#include <string_view>

#include "engine/config/node.hpp"

namespace dbrollback::config {

struct Place {
  std::string where;  // "FILE:LINE:COLUMN: "; empty for an environment variable
  std::string key;    // "database.app.level", "DBROLLBACK_LEVEL"; empty for the file as such

  // Throws Error "config" (Exit::usage): the place, the key, and `what`, which says what is wrong and what would be
  // right. A `what` that holds a password is not repeated.
  [[noreturn]] void mistake(std::string_view what) const;
  [[nodiscard]] std::string sentence(std::string_view what) const;
  [[nodiscard]] bool is_variable() const { return where.empty(); }
};

[[nodiscard]] Place place_in(std::string_view file, Position at, std::string key = {});
[[nodiscard]] Place variable(std::string name);

}  // namespace dbrollback::config
