// What is applied of a project's migrations, by its tool's own table.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/migrate.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/project.hpp"

namespace dbrollback::migrate {

struct MigrationState {
  database::ScriptSession::Found table;
  std::vector<schema::Applied> applied;

  [[nodiscard]] bool has(const std::string& version) const;
};

[[nodiscard]] MigrationState read_state(database::ScriptSession& session, const LoadedProject& project, bool to_write);

// Each migration of the project, and what is applied without a file.
[[nodiscard]] std::vector<MigrationStatus> statuses(const LoadedProject& project, const MigrationState& state);

// The last of the project's order that is applied; empty: none is.
[[nodiscard]] std::string current_version(const LoadedProject& project, const MigrationState& state);

// The migration that `name` means: by version, name or tag. Error "no_such_migration" (Exit::usage).
[[nodiscard]] const schema::Migration& find_migration(const LoadedProject& project, const std::string& name);

// What `up` and `down` run, in its order. Errors: "no_such_migration"; "not_applied" (Exit::refused) for a `to` of a
// down that is not applied; "no_way_back", "missing_file" (Exit::refused).
[[nodiscard]] std::vector<const schema::Migration*> to_apply(const LoadedProject& project, const MigrationState& state,
                                                             const std::string& to);
[[nodiscard]] std::vector<const schema::Migration*> to_revert(const LoadedProject& project, const MigrationState& state,
                                                              const std::string& to);

}  // namespace dbrollback::migrate
