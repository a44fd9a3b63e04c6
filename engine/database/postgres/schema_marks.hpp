// Whether the schema is still that of a snapshot. What the server writes as SQL (a view, a function, the name of a
// type) it reads as it is now, whoever asks in whatever snapshot: pg_dump does, and so do we.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// One for each version of each object that no lock on a table keeps as it is; sorted. Those of temporary objects, which
// come and go, are left out.
[[nodiscard]] std::vector<std::string> schema_marks(Connection& connection);

}  // namespace dbrollback::database::postgres
