// What a value must be, wherever it was written: the file and the environment share these rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/place.hpp"

namespace dbrollback::config {

struct Range {
  std::int64_t least;
  std::int64_t most;
};

inline constexpr Range keep_range{0, 1'000'000};
inline constexpr Range level_range{1, 19};
inline constexpr Range threads_range{0, 256};
inline constexpr Range jobs_range{1, 64};

[[nodiscard]] std::string whole_number_wanted(Range range);
[[nodiscard]] std::int64_t check_range(const Place& place, std::int64_t value, Range range);

// A wait of at most a day.
[[nodiscard]] std::chrono::milliseconds check_wait(const Place& place, std::string_view text);

// "UTC", or a name that the machine's time zone data has.
[[nodiscard]] std::string check_timezone(const Place& place, const std::string& name);

// The absolute path of a repository; `folder` is what a relative one is relative to; empty: the working
// directory.
[[nodiscard]] std::string check_repository(const Place& place, const std::string& text,
                                           const std::filesystem::path& folder);

// A folder's absolute path, in the same way; it need not be there.
[[nodiscard]] std::filesystem::path check_folder(const Place& place, const std::string& text,
                                                 const std::filesystem::path& folder);

// At least a kilobyte a second.
[[nodiscard]] std::uint64_t check_rate(const Place& place, const std::string& text);

// An account's name.
[[nodiscard]] std::string check_account(const Place& place, const std::string& name);

// A database's URL: for SQLite an absolute path. A password may come from the environment only.
struct CheckedUrl {
  DatabaseConfig::Engine engine = DatabaseConfig::Engine::sqlite;
  std::string text;
  std::string problem;  // instead: the environment variable that is not set
};
[[nodiscard]] CheckedUrl check_url(const Place& place, const std::string& text, const std::filesystem::path& folder);

// The same, for a PostgreSQL server.
[[nodiscard]] CheckedUrl check_server_url(const Place& place, const std::string& text);

void check_keep(const Place& place, const Retention& keep);

// A name that fits a command line and a file's name: letters, digits, '_', '.', '-', the first no '.' or '-'.
[[nodiscard]] bool is_database_name(std::string_view name);

}  // namespace dbrollback::config
