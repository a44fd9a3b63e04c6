// Ids of snapshots: "20261120T233015Z-v1.4.2-7f3a".
#pragma once

#include <string>
#include <string_view>

#include "engine/base/time.hpp"

namespace dbrollback::snapshot {

// Sorts by time; the middle names the application version (characters other than letters, digits, '.', '_' and '-'
// become '_', at most 40 are kept) and is left out when there is none; the end is random.
[[nodiscard]] std::string make_id(base::Time created, std::string_view app_version);

[[nodiscard]] bool is_id(std::string_view text);

}  // namespace dbrollback::snapshot
