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

// The absolute path of a database. A password may come from env: only.
[[nodiscard]] std::string check_url(const Place& place, const std::string& text, const std::filesystem::path& folder);

void check_keep(const Place& place, const Retention& keep);

// A name that fits a command line and a file's name: letters, digits, '_', '.', '-', the first no '.' or '-'.
[[nodiscard]] bool is_database_name(std::string_view name);

}  // namespace dbrollback::config
