// What a manifest says of a PostgreSQL database and its tables, as JSON.
#pragma once

#include <string>

#include "dbrollback/snapshot.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::snapshot {

[[nodiscard]] base::Json to_json(const PostgresFacts& facts);
[[nodiscard]] base::Json to_json(const PostgresTableFacts& facts);
[[nodiscard]] base::Json to_json(const LooseKeyFacts& key);

// Throw Error (Exit::damaged) naming `object` for members that are missing or of another kind.
[[nodiscard]] PostgresFacts postgres_facts_from(const base::Json& json, const std::string& object);
[[nodiscard]] PostgresTableFacts postgres_table_from(const base::Json& json, const std::string& object);
[[nodiscard]] LooseKeyFacts loose_key_from(const base::Json& json, const std::string& object);

}  // namespace dbrollback::snapshot
