// Whether all values of one type of PostgreSQL have a place in another.
#pragma once

#include <string_view>

namespace dbrollback::schema {

enum class TypeChange {
  safe,       // each value stays what it is, if in another form
  narrowing,  // some would lose a part, or make the change fail
  unknown,
};

// Of types as format_type() writes them, or by their short names: "character varying(50)" or "varchar(50)".
[[nodiscard]] TypeChange type_change(std::string_view from, std::string_view to);

}  // namespace dbrollback::schema
