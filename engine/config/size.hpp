// Sizes as people write them: "512kB", "50MB", "1GiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbrollback::config {

// Nothing for text that is not a size, or one of more than a thousand terabytes.
[[nodiscard]] std::optional<std::uint64_t> read_size(std::string_view text);

// What to say about text that is not one.
[[nodiscard]] std::string not_a_size(std::string_view text);

}  // namespace dbrollback::config
