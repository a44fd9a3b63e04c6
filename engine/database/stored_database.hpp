// What a snapshot of rows has to make a database of.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/database.hpp"

namespace dbrollback::database {

// What it refers to must outlive it.
struct StoredDatabase {
  const PostgresFacts* facts = nullptr;
  const std::vector<TableFacts>* tables = nullptr;  // each with its PostgresTableFacts
  const RowSource* rows = nullptr;                  // Run::table is the place in `tables`
  std::string encoding;                             // of the rows, as servers name it
  std::filesystem::path schema;                     // a file: the archive that View::read_schema gave
  std::vector<LooseKeyFacts> loose_keys = {};       // which the rows would break
};

// What its manifest says of the tables; what it refers to must outlive it.
struct StoredFacts {
  const PostgresFacts* facts = nullptr;
  const std::vector<TableFacts>* tables = nullptr;
  bool partial = false;  // the rows of other tables are not stored
};

}  // namespace dbrollback::database
