// A run as a JSON document: what `--json` prints of one, and what is posted to others.
#pragma once

#include "dbrollback/run.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::report {

// With "schema_version", as docs/json.md has it.
[[nodiscard]] base::Json run_document(const Run& run);

}  // namespace dbrollback::report
