// The advisory lock of everybody of us who migrates a database of a PostgreSQL server.
#pragma once

#include <cstdint>

namespace dbrollback::migrate {

constexpr std::int64_t own_lock = 0x6462726D69677261;  // "dbrmigra"

}  // namespace dbrollback::migrate
