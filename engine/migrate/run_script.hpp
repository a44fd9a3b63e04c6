// Running one script of a migration with what its tool's table has to say about it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dbrollback/migrate.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/script.hpp"
#include "engine/migrate/unfinished.hpp"

namespace dbrollback::migrate {

struct RunContext {
  const LoadedProject* project = nullptr;
  database::ScriptSession* session = nullptr;
  schema::Place place;
  schema::Who who;
  const UnfinishedRecord* record = nullptr;
  std::chrono::milliseconds lock_timeout{};
  unsigned attempts = 1;
  Observer* observer = nullptr;
};

// What the tool's table says now.
[[nodiscard]] std::vector<schema::Applied> applied_now(const RunContext& context);

// Runs it from its beginning. Errors: as migrate_up; Exit::refused "moved" when somebody else applied or reverted it
// meanwhile.
[[nodiscard]] MigrateStep run_script(const RunContext& context, const PreparedScript& script);

// Goes on with one that runs outside a transaction, after its first `done` statements.
[[nodiscard]] MigrateStep resume_script(const RunContext& context, const PreparedScript& script,
                                        const Unfinished& unfinished, bool skip);

// The hash of the first `count` statements, for Unfinished::done_hash.
[[nodiscard]] std::string hash_of(const PreparedScript& script, std::size_t count);

}  // namespace dbrollback::migrate
