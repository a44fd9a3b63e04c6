// A run as the members that its record and `--json` have: docs/format.md, docs/json.md.
#pragma once

#include <string>

#include "dbrollback/run.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::repository {

// Facts of one name become a list. Text that is not UTF-8 becomes so when the document is written.
[[nodiscard]] base::Json to_json(const Run& run);

// Also of a record from before runs had ids and steps. Throws Error (Exit::damaged), naming `object`, for members of
// another kind than ours.
[[nodiscard]] Run run_from_json(const base::Json& document, const std::string& object);

}  // namespace dbrollback::repository
