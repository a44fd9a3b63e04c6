// Text as a terminal shows it: UTF-8, measured in columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::cli {

// How many columns `text` takes: 2 for wide East Asian letters and emoji, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

// `text` in at most `width` columns; what was cut off is shown by "…".
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);

// `text` filled up with spaces to `width` columns; longer text stays as it is.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);

// `text` with what could move a terminal's cursor or change its colours (control characters, marks that change the
// writing direction, invalid UTF-8) written as \xNN. Line ends stay when `keep_lines`.
[[nodiscard]] std::string printable(std::string_view text, bool keep_lines = false);

// `text` broken at spaces into lines of at most `width` columns. A longer word gets a line of its own.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

// "a,b" as {"a", "b"}. A part in double quotes may hold commas: "\"a,b\",c" is {"a,b", "c"}.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

// `word` as a shell takes it for one word.
[[nodiscard]] std::string shell_quote(std::string_view word);

}  // namespace dbrollback::cli
