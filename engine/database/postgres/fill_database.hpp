// Makes of an empty database what a snapshot holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "dbrollback/restore.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/stored_database.hpp"

namespace dbrollback::database::postgres {

struct FillOptions {
  ConnectionOptions connection;  // its tick is asked everywhere; it may be empty
  ClientPrograms programs;       // with a pg_restore
  unsigned jobs = 2;             // sessions that load, build indexes and analyze
  bool schema = true;            // make the objects; otherwise they are there, and empty
  bool data = true;              // rows, large objects, sequences and the rows of materialised views
  RoleOptions roles;             // with other roles, one session makes the schema
  bool no_tablespaces = false;   // everything goes into the database's own
  bool analyze = true;
  // What is being done, "loading rows", and the bytes of rows so far where it is that; by the calling thread. May be
  // empty.
  std::function<void(std::string_view phase, std::uint64_t bytes)> progress;
};

// Precondition: the database that `target` names is there, of the snapshot's encoding, and empty; nobody else uses it.
// When this returns, everything is on disk. No trigger fires for what is loaded, but those of tables of an extension
// where the role is no superuser. Errors: as of restore_schema, Connection and RowSource::read. State after a failure:
// the database holds a part of it, and the Error says so.
void fill_database(const Parameters& target, const StoredDatabase& stored, const FillOptions& options);

}  // namespace dbrollback::database::postgres
