// Everything that a snapshot has, as statements for an empty database: the one way of scripts, and of restores in one
// transaction.
#pragma once

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/statements.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

struct RebuildOptions {
  RoleOptions roles;
  std::function<void(std::uint64_t bytes)> progress;  // told of rows
  std::function<void()> tick;                         // may be empty
};

// Errors: as of script_schema, Statements and RowSource::read. State after a failure: some of the statements are
// written or have run.
void rebuild(Statements& statements, const ClientPrograms& programs, const StoredDatabase& stored,
             const RebuildOptions& options);

}  // namespace dbrollback::database::postgres
