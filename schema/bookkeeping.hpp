// The tables in which tools keep what migrations are applied: no part of what an application needs.
#pragma once

#include <string>
#include <vector>

#include "schema/model.hpp"

namespace dbrollback::schema {

// A schema without the tables, and the schemas, of all tools that are known, and without `table` (a name without
// quotes; empty: none). They come with the first migration, and stay when the last is reverted.
[[nodiscard]] Schema without_bookkeeping(const Schema& schema, const std::string& table);

// Whether a table is one of those.
[[nodiscard]] bool is_bookkeeping(const std::string& name, const std::string& table);

}  // namespace dbrollback::schema
