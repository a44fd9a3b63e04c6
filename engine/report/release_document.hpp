// A release as a part of a JSON document, as docs/json.md has it.
#pragma once

#include "dbrollback/release.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::report {

[[nodiscard]] base::Json release_document(const Release& release, bool is_current);

}  // namespace dbrollback::report
