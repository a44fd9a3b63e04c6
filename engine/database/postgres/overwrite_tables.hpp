// Replacing the rows of chosen tables of a live database, in one transaction: readers see the old rows until it
// commits, writers of these tables and of those that foreign keys connect them with wait.
#pragma once

#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// As ServerDatabase::overwrite_tables.
TablesOverwritten overwrite_tables(Connection& live, const StoredDatabase& stored,
                                   const std::vector<std::string>& tables, const TablesOptions& options);

}  // namespace dbrollback::database::postgres
