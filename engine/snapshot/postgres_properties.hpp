// What a manifest says of a PostgreSQL database itself, as JSON.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/base/document.hpp"
#include "engine/snapshot/fields.hpp"

namespace dbrollback::snapshot {

[[nodiscard]] base::Json to_json(const PostgresDatabaseFacts& facts);

// Throws Error (Exit::damaged) for members that are missing or of another kind.
[[nodiscard]] PostgresDatabaseFacts postgres_properties_from(const Fields& fields);

}  // namespace dbrollback::snapshot
