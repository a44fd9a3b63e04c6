// Large objects, which are rows of two tables of the system's that only a superuser may read: a snapshot has two tables
// of their names and of its own columns, read and written through the functions that everybody may call
// (https://www.postgresql.org/docs/current/lo-funcs.html).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "engine/database/postgres/relations.hpp"
#include "engine/database/postgres/statements.hpp"
#include "engine/database/stored_database.hpp"

namespace dbrollback::database::postgres {

constexpr const char* large_object_schema = "pg_catalog";
constexpr std::array<const char*, 2> large_object_tables{"pg_largeobject_metadata", "pg_largeobject"};

// The two tables, where the database has any large object; otherwise none. docs/format.md, "Large objects".
[[nodiscard]] std::vector<Relation> large_object_relations(Connection& connection);

// Whether a table of a snapshot is one of the two.
[[nodiscard]] bool holds_large_objects(const PostgresTableFacts& table);

// Those that this role may not read: "large object 16401".
[[nodiscard]] std::vector<std::string> closed_large_objects(Connection& connection);

// Makes the large objects that `stored` has, with their owners, grants and comments. Precondition: the database has
// none of them. `progress` is told of the bytes of rows, in all. Errors: as of Connection and of RowSource::read. State
// after a failure: some of them are there.
void load_large_objects(Statements& statements, const StoredDatabase& stored, const RoleOptions& roles,
                        const std::function<void(std::uint64_t bytes)>& progress);

}  // namespace dbrollback::database::postgres
