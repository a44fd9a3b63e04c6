// What holds when nothing is configured.
#pragma once

#include <string>
#include <string_view>

namespace dbrollback::config {

// Where this account keeps its snapshots.
[[nodiscard]] std::string default_repository();

// The same of its ingredients. `data_home` ($XDG_DATA_HOME) counts only when absolute; an account without a home shares
// the machine's folder.
[[nodiscard]] std::string default_repository(bool is_root, std::string_view data_home, std::string_view home);

}  // namespace dbrollback::config
