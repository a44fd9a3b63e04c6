// The keys of [database.NAME] that one kind of database has and the other has no use for.
#pragma once

#include <array>
#include <filesystem>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

struct EngineKey {
  const char* name;
  const char* why;  // the other kind has no use for it
};

inline constexpr std::array<EngineKey, 1> sqlite_keys{
    {{"max_writer_pause",
      "a snapshot of a PostgreSQL database never keeps anybody from writing; yield_after bounds how "
      "long others may wait for its locks"}}};

inline constexpr std::array<EngineKey, 9> postgres_keys{
    {{"jobs", "an SQLite database is one file, which is read in one piece; threads says how many compress"},
     {"yield_after",
      "nobody queues behind a snapshot of an SQLite database; max_writer_pause bounds how long it may "
      "keep the application from writing"},
     {"max_rate", "an SQLite database has no server that has to be spared"},
     {"tables", "a snapshot of an SQLite database is always of all of it"},
     {"exclude_tables", "a snapshot of an SQLite database is always of all of it"},
     {"pg_bin", "an SQLite database needs no programs of PostgreSQL"},
     {"admin_url", "an SQLite database has no roles"},
     {"scratch_url", "a snapshot of an SQLite database is proven in a temporary file"},
     {"scratch_user", "a snapshot of an SQLite database is proven in a temporary file"}}};

// Precondition: its name is one of postgres_keys.
void read_postgres_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database);

// Mistake: a key of the kind that this database is not of.
void refuse_other_engines_keys(const Item& section, DatabaseConfig::Engine engine);

}  // namespace dbrollback::config
