// Gathers what the planner wants to know of tables.
#pragma once

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// ANALYZE of every table and materialised view of the users' that this role may analyze, on `jobs` sessions; but not of
// tables with foreign tables below them: other servers are not asked. Errors: as of Connection, naming the table.
void analyze_tables(const Parameters& target, const ConnectionOptions& options, unsigned jobs);

}  // namespace dbrollback::database::postgres
