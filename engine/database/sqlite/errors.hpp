// What SQLite's result codes mean to a person, and what is wrong with a file that is no database.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "dbrollback/error.hpp"

struct sqlite3;

namespace dbrollback::database::sqlite {

// `handle` may be null. `doing`: "open", "read", "write".
[[nodiscard]] ErrorInfo describe_failure(sqlite3* handle, int result, const std::string& path,
                                         const std::string& doing);

// Looks at the first bytes of a file, without locking it and without hurting the locks that this process has on it.
// Nothing: it begins as a database does, or is empty. Otherwise Error's fields: "no_such_file", "not_a_file",
// "encrypted" or "not_a_database".
[[nodiscard]] std::optional<ErrorInfo> what_is_wrong_with(const std::filesystem::path& file);

}  // namespace dbrollback::database::sqlite
