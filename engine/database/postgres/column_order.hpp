// The order of columns. pg_dump and pg_restore put those that a table inherits before its own, and leave the others as
// they are: where a column came to the parent later, or the table to its parent, that is another order than before.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// What to sort the columns of one table by, `a` of pg_attribute and `c` of pg_class: an order that does not change when
// the table is restored. It is that of the table, but for columns that it inherits.
inline constexpr const char* lasting_column_order =
    R"(CASE WHEN a.attinhcount > 0 AND NOT c.relispartition THEN a.attname::text END COLLATE "C" NULLS LAST, a.attnum)";

struct TableName {
  std::string schema;
  std::string name;
};

// The tables whose columns a restore puts into another order; sorted.
[[nodiscard]] std::vector<TableName> reordered_tables(Connection& connection);

}  // namespace dbrollback::database::postgres
