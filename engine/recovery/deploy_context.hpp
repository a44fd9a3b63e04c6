// What the steps of a deploy share: what it was told, what it works on, and what it has found out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/deploy.hpp"
#include "engine/application/application.hpp"
#include "engine/base/lock.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::recovery {

// One deploy of one database, which nobody else deploys or rolls back as long as this lives. What it refers to must
// outlive it.
struct DeployContext {
  DeployContext(repository::Store& in, const Config& with, const DatabaseConfig& of, DeployOptions how, Observer& told);

  repository::Store& store;
  const Config& config;
  const DatabaseConfig& database;
  DeployOptions options;
  Observer& observer;
  std::string identity;
  base::FileLock alone;
  application::Redactor redactor;
  application::Application application;
  std::unique_ptr<Execution> execution;
  bool has_migrations = false;
  bool has_unreadable_migrations = false;  // a command runs them, and what is configured beside it is not there
  bool half_way = false;                   // as read_after found it
  DeployResult result;

  [[nodiscard]] Release& release() { return result.release; }
  [[nodiscard]] bool switches_application() const;
  [[nodiscard]] bool takes_snapshot_after() const;
  [[nodiscard]] bool goes_without_snapshot() const;  // somebody said that it does not matter
  [[nodiscard]] application::Values values() const;
  void warn(const std::string& text) { result.warnings.push_back(text); }
  void keep_release();
  void set_state(Release::State state);
};

using Details = std::vector<std::string>;

// A schema's version, for people.
[[nodiscard]] std::string shown(const std::string& version);

}  // namespace dbrollback::recovery
