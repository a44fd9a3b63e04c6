// Durations as people write them: "250ms", "5s", "2m", "36h", "7d".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dbrollback::config {

// Nothing for text that is not a duration, or one of more than a hundred years.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_duration(std::string_view text);

// The shortest way to write it: "5s", "1500ms".
[[nodiscard]] std::string write_duration(std::chrono::milliseconds duration);

// What to say about text that is not one.
[[nodiscard]] std::string not_a_duration(std::string_view text);

}  // namespace dbrollback::config
