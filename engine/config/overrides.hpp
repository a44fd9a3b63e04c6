// DBROLLBACK_…: environment variables that stand above the configuration file.
#pragma once

#include "dbrollback/config.hpp"

namespace dbrollback::config {

// Every key and every database of `config`. Relative paths are relative to the working directory.
void override_config(Config& config);

void override_database(DatabaseConfig& database);

}  // namespace dbrollback::config
