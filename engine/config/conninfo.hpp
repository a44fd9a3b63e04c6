// libpq's connection strings, "host=db dbname=app": what they look like, and what they say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbrollback::config {

// Is there "WORD=" or "WORD =" in `text`, as a word of its own, in whatever case?
[[nodiscard]] bool has_parameter(std::string_view text, std::string_view word);

// Does it look like one? It need not be right.
[[nodiscard]] bool is_conninfo(std::string_view text);

// The keywords with their values, as libpq reads them; nothing for what it would refuse. Which keywords there are, is
// libpq's to know.
using Conninfo = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::optional<Conninfo> read_conninfo(std::string_view text);

}  // namespace dbrollback::config
