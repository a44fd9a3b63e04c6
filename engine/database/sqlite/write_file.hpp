// A database written to a file that nobody else knows yet: its pages as they are, without SQLite in between.
#pragma once

#include "engine/database/database.hpp"

namespace dbrollback::database::sqlite {

// Creates `file` (which must not be there), syncs it, and lets SQLite read its schema. Where options.verify says so,
// what was written is read again and compared.
[[nodiscard]] OverwriteResult write_file(PageSource& source, const std::filesystem::path& file,
                                         const OverwriteOptions& options);

}  // namespace dbrollback::database::sqlite
