// The pieces of a URI, as text.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace dbrollback::config {

// "sqlite" of "SQLite:/a.db"; empty for a path.
[[nodiscard]] std::string scheme_of(std::string_view text);

// What stands before '?', and what stands after it.
[[nodiscard]] std::pair<std::string_view, std::string_view> cut_query(std::string_view text);

// %41 becomes A; what is no such escape stays, as in SQLite.
[[nodiscard]] std::string percent_decode(std::string_view text);

// mode=memory, SQLite's word for a database without a file.
[[nodiscard]] bool asks_for_memory(std::string_view query);

}  // namespace dbrollback::config
