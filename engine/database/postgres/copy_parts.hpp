// The pieces in which tables are read, so that all sessions end together.
#pragma once

#include <vector>

#include "engine/database/database.hpp"
#include "engine/database/postgres/relations.hpp"

namespace dbrollback::database::postgres {

struct CopyPart {
  std::uint32_t table = 0;  // place in the list of tables, counted from 0
  std::uint32_t number = 0;
  std::uint64_t first_block = 0;
  std::uint64_t end_block = 0;
  bool whole = true;  // otherwise the rows of these blocks only
  bool last = true;   // and those of blocks behind them
};

// The largest tables first, each in runs of blocks where the server can read only these (ctid ranges, since version
// 14). `sequential`: no more runs than one a table.
[[nodiscard]] std::vector<CopyPart> copy_parts(const std::vector<Relation>& tables, int server_version,
                                               bool sequential);

// The statement that gives a part's rows in COPY's text format, in the encoding of the database.
[[nodiscard]] std::string copy_sql(const Relation& table, const CopyPart& part, const std::string& encoding);

// The number of rows that a COPY … TO STDOUT gives and their content hash: docs/format.md. Errors: as of
// Connection::copy_out.
[[nodiscard]] Content content_of(Connection& connection, const std::string& copy_sql);

}  // namespace dbrollback::database::postgres
