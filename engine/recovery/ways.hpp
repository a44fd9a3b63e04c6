// What each way back takes, loses and lasts.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "dbrollback/rollback.hpp"
#include "engine/application/application.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/recovery/undone.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// What the ways are looked for in. All of it must outlive the call.
struct Ground {
  repository::Store& store;
  const Config& config;
  const DatabaseConfig& database;
  const DatabaseConfig& as_released;  // the same, with the scripts that are kept with the newest release
  std::string scripts_problem;        // why those cannot be read; empty: they can, or there are none
  const RollbackOptions& options;
  const Undone& undone;
  const LiveState& live;
  bool is_managed = false;  // the application is switched by commands
  Observer& observer;
};

[[nodiscard]] WayBack way_by_app(const Ground& ground);
[[nodiscard]] WayBack way_by_reverse(const Ground& ground);
[[nodiscard]] WayBack way_by_restore(const Ground& ground);

// The steps of a way, none of them begun.
[[nodiscard]] std::vector<RunStep> steps_of(const Ground& ground, Strategy strategy, bool snapshot_first);

// Whether the downs of these releases are proven to bring everything back.
[[nodiscard]] bool is_proven_lossless(const Ground& ground);

// The restore that a way back does.
[[nodiscard]] RestoreOptions restore_options(const std::string& snapshot, const RollbackOptions& options);

}  // namespace dbrollback::recovery
