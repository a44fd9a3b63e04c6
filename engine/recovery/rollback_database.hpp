// The steps of a way back that bring the database back. Each can be done again after it was cut off anywhere.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbrollback/rollback.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/recovery/kept_scripts.hpp"
#include "engine/recovery/undone.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// What a way back is told, works on and has found out. What it refers to must outlive it.
struct BackContext {
  repository::Store& store;
  const Config& config;
  const DatabaseConfig& database;
  Observer& observer;
  std::string identity;
  RollbackOptions options = {};
  Undone undone = {};
  Strategy strategy = Strategy::restore;
  bool is_resumed = false;
  std::unique_ptr<KeptScripts> scripts = {};  // of the newest release; null: it has none
  std::unique_ptr<Execution> execution = {};

  // The configuration with these scripts.
  [[nodiscard]] const DatabaseConfig& as_released() const { return scripts ? scripts->database() : database; }
};

// Each returns what it did, a sentence each.
[[nodiscard]] std::vector<std::string> take_snapshot_first(BackContext& back);
[[nodiscard]] std::vector<std::string> reverse_database(BackContext& back);
// `stop` stops the application: called when the restored database is ready to take the other one's place.
[[nodiscard]] std::vector<std::string> restore_database(BackContext& back, const std::function<void()>& stop);

}  // namespace dbrollback::recovery
