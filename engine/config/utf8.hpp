// Is it UTF-8? TOML files are.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dbrollback::config {

// The offset of the first byte that does not belong to a valid sequence (no overlong forms, no surrogates).
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

}  // namespace dbrollback::config
