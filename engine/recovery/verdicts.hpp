// What rehearsals have found out, kept in rehearsals/<hash>.json: true of two scripts and no others.
#pragma once

#include <optional>
#include <string>

#include "dbrollback/migrate.hpp"
#include "engine/repository/store.hpp"
#include "schema/migrations/format.hpp"

namespace dbrollback::recovery {

// Of both scripts of a migration: 32 hexadecimal digits.
[[nodiscard]] std::string scripts_hash(const schema::Migration& migration);

// `hash`: of the scripts. Without names of the database and the snapshot, which are for people only.
void keep_verdict(repository::Store& store, const std::string& hash, const Rehearsal& rehearsal,
                  const std::string& database, const std::string& snapshot);
// Nothing when they were never rehearsed, or the record cannot be read: who asks goes without then.
[[nodiscard]] std::optional<Rehearsal> find_verdict(repository::Store& store, const std::string& hash);

}  // namespace dbrollback::recovery
