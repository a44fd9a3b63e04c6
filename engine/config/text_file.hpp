// A file that a person wrote, as text.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dbrollback::config {

// `name` is what messages call it; `where_missing` is said where there is no such file. Everything that keeps it from
// being read is a mistake at its beginning.
[[nodiscard]] std::string read_text(const std::filesystem::path& file, const std::string& name,
                                    std::string_view where_missing);

}  // namespace dbrollback::config
