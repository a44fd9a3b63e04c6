// The application: stopped, switched, started and asked by the commands of the configuration.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "dbrollback/run.hpp"
#include "engine/application/redact.hpp"

namespace dbrollback::application {

// What stands in commands for {version}, {previous} and {mark}.
struct Values {
  std::string version;   // to switch to
  std::string previous;  // that is left
  std::string mark;      // of `version`; empty: {mark} is the version too
};

// Throws Error (Exit::usage) "bad_version" for one that is not of letters, digits and . _ - + / : @, begins with '-' or
// is longer than 128 characters: it becomes a part of commands.
void require_version(const std::string& version);

// One thread. The configuration and the observer must outlive it.
class Application {
 public:
  Application(const AppConfig& config, Redactor redactor, Observer& observer);

  // Whether it can be switched at all.
  [[nodiscard]] bool is_managed() const;
  // The version that is there, as the first service with a version command says; empty: none has one. Errors as below.
  [[nodiscard]] std::string running_version() const;
  [[nodiscard]] std::string mark() const;  // in the same way
  // What the `dirty` command prints; empty: nothing is, or there is no such command.
  [[nodiscard]] std::string dirt() const;
  // Error "version_unavailable" (Exit::refused) where an `available` command fails; nothing was changed. It names the
  // service, the command, how it ended and its last lines.
  void require_available(const Values& values) const;

  // Each returns what was done, a sentence each. Error "app_command_failed" (Exit::failed), or "app_unhealthy" where a
  // service does not become healthy: they name the service, the command, how it ended and its last lines.
  // State after a failure: what the commands before it did, which `info().state` says.
  //
  // All services, the last first.
  [[nodiscard]] std::vector<std::string> stop(const Values& values) const;
  // Service by service: switch, start, wait until it is healthy.
  [[nodiscard]] std::vector<std::string> start(const Values& values) const;
  // Service by service: stop, switch, start, wait: for versions that can use the same database.
  [[nodiscard]] std::vector<std::string> roll(const Values& values) const;
  [[nodiscard]] std::vector<std::string> clear_caches(const Values& values) const;
  // Never throws for what it finds, but what `cancelled` asks for.
  [[nodiscard]] std::vector<RunEvidence> collect_evidence(const Values& values) const;

  // The commands of `stop` and `start`, or of `roll`, and the caches, as they would be run, quoted as for a shell.
  [[nodiscard]] std::vector<std::string> planned(const Values& values, bool rolling) const;

 private:
  const AppConfig* config_;
  Redactor redactor_;
  Observer* observer_;
};

}  // namespace dbrollback::application
