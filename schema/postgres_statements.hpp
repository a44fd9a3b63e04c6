#pragma once

#include <string_view>
#include <vector>

#include "schema/statements.hpp"

namespace dbrollback::schema {

// statements_of() for PostgreSQL. Precondition: no zero byte.
[[nodiscard]] std::vector<Statement> postgres_statements(std::string_view script);

}  // namespace dbrollback::schema
