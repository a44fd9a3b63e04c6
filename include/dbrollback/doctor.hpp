// Checks everything that a snapshot and a restore will need, before they need it.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/config.hpp"

namespace dbrollback {

struct Diagnosis {
  enum class Level { ok, warning, failure };
  Level level = Level::ok;
  std::string subject;  // "repository", "database app", …
  std::string message;
  std::string next;  // what to do about it; empty when ok
};

// Looks at the repository and at each of `databases`. Changes nothing; never throws for what it finds.
[[nodiscard]] std::vector<Diagnosis> diagnose(const Config& config, const std::vector<DatabaseConfig>& databases);

}  // namespace dbrollback
