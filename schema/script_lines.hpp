// The numbers of the lines of a script, for places that come one after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace dbrollback::schema {

class ScriptLines {
 public:
  explicit ScriptLines(std::string_view script) : script_(script) {}

  // Precondition: no place before the last one that was asked for, so that all of them together are one pass.
  [[nodiscard]] std::size_t at(std::size_t place) {
    const std::string_view passed = script_.substr(place_, place - place_);
    line_ += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
    place_ = place;
    return line_;
  }

 private:
  std::string_view script_;
  std::size_t place_ = 0;
  std::size_t line_ = 1;
};

}  // namespace dbrollback::schema
