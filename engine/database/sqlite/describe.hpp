// Reads what a database is: its settings and its schema.
#pragma once

#include "engine/database/database.hpp"
#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

// Precondition: a read transaction is open, so that all of it belongs to one moment.
[[nodiscard]] Description describe(Connection& connection, const std::string& source);

}  // namespace dbrollback::database::sqlite
