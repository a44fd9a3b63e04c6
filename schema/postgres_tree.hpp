// The tree that PostgreSQL's own parser (libpg_query) makes of a statement, as JSON. What is empty, zero or false is
// left out of it; a node is an object with one key, its kind, and its fields below that.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dbrollback::schema {

using Tree = nlohmann::json;

// Null where the parser cannot read the statement. The rows of VALUES are left out: there may be a million.
[[nodiscard]] Tree parsed(const std::string& statement);

// A field of an object; null, an empty text, false or an empty list where it is left out.
[[nodiscard]] const Tree& field(const Tree& object, std::string_view name);
[[nodiscard]] std::string text_field(const Tree& object, std::string_view name);
[[nodiscard]] bool flag(const Tree& object, std::string_view name);
[[nodiscard]] const Tree& list(const Tree& object, std::string_view name);

// The fields of the first node of a kind; nothing below null or another kind.
[[nodiscard]] inline const Tree& node(const Tree& tree, std::string_view kind) { return field(tree, kind); }

// "schema.table" of a RangeVar.
[[nodiscard]] std::string table_of(const Tree& range);
// "schema.name" of a list of strings, and of whatever node names an object.
[[nodiscard]] std::string dotted(const Tree& names);
[[nodiscard]] std::string object_name(const Tree& object);
// As format_type() writes the type of a TypeName.
[[nodiscard]] std::string type_of(const Tree& type);

// An option of a list of them: on where it is given without a value.
enum class Option { absent, off, on };
[[nodiscard]] Option option(const Tree& options, std::string_view name);

}  // namespace dbrollback::schema
