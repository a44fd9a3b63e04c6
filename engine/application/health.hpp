// Asking whether the application works.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "engine/application/application.hpp"
#include "engine/application/redact.hpp"

namespace dbrollback::application {

struct Health {
  bool healthy = true;
  std::vector<std::string> answers;  // of each probe, a sentence each: "http://…/health answers 503, 200 is expected"
};

// Asks each probe, with the values put in, all of them about twice a second, until it is satisfied or its `within` is
// over. Throws what the observer's `cancelled` asks for, and nothing for what it finds.
[[nodiscard]] Health wait_until_healthy(const std::vector<HealthProbe>& probes, const Values& values,
                                        const Redactor& redactor, const std::filesystem::path& folder,
                                        Observer& observer);

}  // namespace dbrollback::application
