// Names that were mistyped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::config {

// How many letters must be put in, taken out, changed or swapped with their neighbour; capitals do not count.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The name of `known` that was probably meant; empty when none is near.
[[nodiscard]] std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

}  // namespace dbrollback::config
