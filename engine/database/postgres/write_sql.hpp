// A snapshot as a script that psql loads into an empty database, in the steps of fill_database.
#pragma once

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// Errors: as of script_schema and RowSource::read. State after a failure: `take` has got a part of it.
void write_sql(const ClientPrograms& programs, const StoredDatabase& stored, const ScriptOptions& options,
               const std::function<void(base::ByteView)>& take);

}  // namespace dbrollback::database::postgres
