// Whether it is known where a configured database is.
#pragma once

#include "dbrollback/config.hpp"

namespace dbrollback::database {

// Error (Exit::usage), "config", with DatabaseConfig::url_problem where there is one: until then nobody knows of which
// kind the database is.
void require_url(const DatabaseConfig& config);

}  // namespace dbrollback::database
