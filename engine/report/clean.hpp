// Text of others (logs, answers, names), made fit to be shown: it may hold anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dbrollback::report {

// One line: control characters, marks that change the direction of writing, and what is not UTF-8 as \xNN; the colours
// of a terminal are left out, and line ends become spaces.
[[nodiscard]] std::string clean_line(std::string_view text);

// The same with its lines and tabs as they are.
[[nodiscard]] std::string clean_text(std::string_view text);

// At most `limit` UTF-16 units of UTF-8, as other programs count; what was cut off is shown by "…".
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);

// `text` as the content of an element or of an attribute of HTML.
[[nodiscard]] std::string html_escaped(std::string_view text);

}  // namespace dbrollback::report
