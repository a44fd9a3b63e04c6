// The migrations of a database: the files in its folder, in the format that they are in.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "dbrollback/config.hpp"
#include "schema/migrations/format.hpp"

namespace dbrollback::migrate {

struct LoadedProject {
  const schema::Format* format = nullptr;
  std::filesystem::path folder;
  std::string table;  // the tool's own, not quoted
  std::unique_ptr<schema::Project> project;
};

// Errors (Exit::usage): "no_migrations" where no folder is configured, "no_folder", "unknown_format" where it is in
// none or in several, "bad_migration" for what its format does not allow.
[[nodiscard]] LoadedProject load_project(const DatabaseConfig& database);

// The files of a folder of migrations: those of SQL, plans and settings with their text, others by name only.
[[nodiscard]] schema::Folder read_folder(const std::filesystem::path& folder);

[[nodiscard]] schema::Dialect dialect_of(const DatabaseConfig& database);

}  // namespace dbrollback::migrate
