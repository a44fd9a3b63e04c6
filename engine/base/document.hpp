// Small JSON files that carry their own checksum: a member "seal", the XXH3-128 of the document without it. The text is
// exactly what `seal` writes, so that any changed byte is found.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dbrollback::base {

using Json = nlohmann::ordered_json;

[[nodiscard]] std::string seal(Json document);

// The document without its seal. Throws Error (Exit::damaged) naming `object` when it is not what `seal` wrote.
[[nodiscard]] Json unseal(std::string_view text, const std::string& object);

// JSON text for people: two spaces of indentation, invalid UTF-8 replaced, a newline at the end.
[[nodiscard]] std::string to_text(const Json& document);

// Parses, or throws Error (Exit::damaged) naming `object`. Nesting is limited.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& object);

}  // namespace dbrollback::base
