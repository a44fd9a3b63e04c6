// Reading UTF-8, and how wide a terminal draws a code point.
#pragma once

#include <cstddef>
#include <string_view>

namespace dbrollback::cli {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;  // false: one byte that begins no code point
};

// The code point at `text[at]`; `at` is less than `text.size()`.
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t at);

// 0, 1 or 2 columns.
[[nodiscard]] std::size_t columns_of(char32_t value);

// Whether showing it could change how the rest of the line is shown.
[[nodiscard]] bool is_control(char32_t value);

}  // namespace dbrollback::cli
