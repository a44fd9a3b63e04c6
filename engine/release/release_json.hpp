// A release as the members of its record: docs/format.md.
#pragma once

#include <string>

#include "dbrollback/release.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::release {

// Without `good`, which the list of known good versions says.
[[nodiscard]] base::Json to_json(const Release& release);

// Throws Error (Exit::damaged), naming `object`.
[[nodiscard]] Release release_from_json(const base::Json& document, const std::string& object);

}  // namespace dbrollback::release
