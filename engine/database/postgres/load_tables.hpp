// Loads rows into tables that nobody else uses yet, on several sessions.
#pragma once

#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// A table to load: its name and columns as the target has them.
struct LoadTable {
  std::string schema;
  std::string name;
  std::vector<std::string> columns;  // of the rows, in their order
  bool keep_rows = false;            // those already there stay
};

// For the rows of a snapshot's table. Precondition: it has PostgresTableFacts.
[[nodiscard]] LoadTable load_table_of(const TableFacts& facts);

// COPY … FROM STDIN of rows in an encoding; `frozen`: in the transaction that emptied the table.
[[nodiscard]] std::string copy_in_sql(const LoadTable& table, const std::string& encoding, bool frozen);

// Rows already there go, unless told otherwise. A table is loaded by one session; a larger one frozen, in the
// transaction that empties it, so that no vacuum has to look at its rows again; the largest ones, where that would keep
// everybody waiting for one session, by several and not frozen. `encoding`: of the rows. Errors: as of Connection;
// State after a failure: some tables are loaded.
void load_tables(const Parameters& target, const ConnectionOptions& options, const std::vector<LoadTable>& tables,
                 const RowSource& source, const std::string& encoding, unsigned jobs,
                 const std::function<void(std::uint64_t bytes)>& progress);

}  // namespace dbrollback::database::postgres
