// The facts of a run, with words for the names that are known.
#pragma once

#include <string>
#include <vector>

#include "engine/report/run_report.hpp"

namespace dbrollback::report {

// Who, where and when, then what the run recorded, in its order. Those of one name come together.
[[nodiscard]] std::vector<RunReport::Fact> facts_of(const Run& run, const std::string& timezone);

}  // namespace dbrollback::report
