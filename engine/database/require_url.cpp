#include "engine/database/require_url.hpp"

#include "engine/base/fail.hpp"

namespace dbrollback::database {

void require_url(const DatabaseConfig& config) {
  if (!config.url_problem.empty()) {
    base::fail_usage("config", config.url_problem, config.name);
  }
}

}  // namespace dbrollback::database
