// Run records: what a command did, kept in runs/ for reports and for estimates from earlier runs.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/repository/store.hpp"

namespace dbrollback::repository {

struct RunRecord {
  std::string command;
  std::string database;
  std::vector<std::pair<std::string, std::string>> facts;  // "snapshot": id, …
};

// Runs `action` and writes the record, with who, where, when and how it ended. A record that cannot be written changes
// no outcome: the observer is warned.
void recorded(Store& store, RunRecord& record, Observer& observer, const std::function<void()>& action);

}  // namespace dbrollback::repository
