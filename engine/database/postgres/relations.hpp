// What a database has that holds data: tables, materialised views, sequences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

struct Column {
  int number = 0;  // attnum: stays when the column is renamed
  std::string name;
  std::string type;
  bool generated = false;
};

// The server's counters since it last reset them: what was written since a snapshot is estimated by them.
struct Counters {
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t deleted = 0;
};

struct Relation {
  std::uint32_t oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';         // pg_class.relkind: r table, p partitioned table, m materialised view, S sequence, f foreign
  char persistence = 'p';  // p permanent, u unlogged
  std::uint32_t file_node = 0;  // changes when it is rewritten or truncated
  std::string tablespace;       // empty: the database's own
  std::string access_method;
  bool populated = true;       // of a materialised view
  std::string extension;       // that it belongs to
  bool configuration = false;  // its rows are the user's, although the table is the extension's
  std::string filter;          // of those rows: a WHERE clause
  bool readable = true;        // by this role, all rows of it
  bool hidden_rows = false;    // a row security policy keeps rows from this role
  bool chosen = true;          // by TableChoice: its rows are stored
  std::uint64_t blocks = 0;
  Counters counters;
  std::string query;             // a SELECT that gives its rows; empty: they are read from the table
  std::vector<Column> columns;   // without dropped ones, in their lasting order
  std::vector<std::string> key;  // columns of the primary key, in its order

  // Has rows of its own that a snapshot stores where they are chosen.
  [[nodiscard]] bool has_rows() const { return kind == 'r' && (extension.empty() || configuration); }
  [[nodiscard]] std::string quoted() const { return quote(schema, name); }
};

// Sorted by schema and name; without the system's and temporary ones, and without columns and keys.
[[nodiscard]] std::vector<Relation> list_relations(Connection& connection);

// Fills in the columns and the keys of those that have some.
void read_columns(Connection& connection, std::vector<Relation>& relations);

}  // namespace dbrollback::database::postgres
