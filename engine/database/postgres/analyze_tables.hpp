// Gathers what the planner wants to know of tables.
#pragma once

#include "engine/database/postgres/statements.hpp"

namespace dbrollback::database::postgres {

// ANALYZE of every table and materialised view of the users' that this role may analyze; but not of tables with foreign
// tables below them: other servers are not asked.

// One after another. Errors: as of Statements, naming the statement.
void analyze_tables(Statements& statements);

// On `jobs` sessions. Errors: as of Connection, naming the statement.
void analyze_tables(const Parameters& target, const ConnectionOptions& options, unsigned jobs);

}  // namespace dbrollback::database::postgres
