// The schema of a database as an archive of pg_dump's, made and put back by the programs of PostgreSQL itself. Nothing
// here looks into it. It can hold passwords, of user mappings and subscriptions: it is a secret.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/base/run.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/parameters.hpp"

namespace dbrollback::database::postgres {

struct ArchiveOptions {
  std::chrono::milliseconds lock_timeout{5000};
  std::function<void()> tick;
};

// Gives `take` the archive, in pieces, as the exported snapshot `snapshot` sees the schema. Errors: "no_program",
// "pg_dump_failed" with what it said.
void dump_schema(const ClientPrograms& programs, const Parameters& parameters, const std::string& snapshot,
                 const ArchiveOptions& options, const std::function<void(base::ByteView)>& take);

// Which part of an archive comes before the rows (tables), and which after them (indexes, constraints, triggers).
enum class Section { before_rows, after_rows };

struct RestoreOptions {
  unsigned jobs = 1;  // sessions that make what comes after the rows
  RoleOptions roles;  // other ones: for scripts only
  bool no_tablespaces = false;
  std::vector<LooseKeyFacts> without = {};  // left out, with their comments
  std::function<void()> tick;
};

// Puts a part of an archive into the database that `parameters` name. `archive`: a file. Stops at the first error:
// "pg_restore_failed" with the object and what the server said. State after a failure: some of the objects are there.
void restore_schema(const ClientPrograms& programs, const Parameters& parameters, const base::fs::path& archive,
                    Section section, const RestoreOptions& options);

// Gives `take` the statements of a part of an archive, as a script for psql. Errors: as of restore_schema.
void script_schema(const ClientPrograms& programs, const base::fs::path& archive, Section section,
                   const RestoreOptions& options, const std::function<void(base::ByteView)>& take);

// Of the pg_dump that made it; nothing where it does not say so.
[[nodiscard]] std::optional<int> archive_version(const ClientPrograms& programs, const base::fs::path& archive,
                                                 const std::function<void()>& tick);

// Reads an archive to its end without putting it anywhere: `pg_restore --list` would be content with less. Throws
// "damaged_schema" (Exit::damaged) with what pg_restore said; "old_pg_restore" for an archive that a newer pg_dump
// made.
void prove_archive(const ClientPrograms& programs, const base::fs::path& archive, const std::function<void()>& tick);

}  // namespace dbrollback::database::postgres
