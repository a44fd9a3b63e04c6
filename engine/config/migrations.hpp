// The keys of [database.NAME] that say how its migrations are run: from a folder, or by another tool's commands.
#pragma once

#include <array>
#include <filesystem>
#include <string_view>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

inline constexpr std::array<const char*, 4> migrations_keys{"migrations", "migrations_format", "migrations_table",
                                                            "migrate"};

[[nodiscard]] bool is_migrations_key(std::string_view name);

// Precondition: its name is one of those.
void read_migrations_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database);

// Mistake: both a folder and a command.
void refuse_two_ways(const Item& section);

}  // namespace dbrollback::config
