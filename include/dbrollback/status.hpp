// What state a database, its release and an unfinished run are in.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "dbrollback/config.hpp"
#include "dbrollback/release.hpp"
#include "dbrollback/run.hpp"

namespace dbrollback {

struct DatabaseStatus {
  std::string database;
  std::string problem;  // why the database cannot be read now; then nothing of what follows is known of it
  std::string location;
  std::string fingerprint;  // of its schema, without what tools keep of migrations
  std::string format;       // of its migrations; empty: none are configured
  std::string version;
  std::size_t pending = 0;
  std::string migrations_problem;  // why they cannot be read
  std::string half_way;            // a migration that is: what of it; empty: none

  std::optional<Release> release;  // the current one
  bool is_between_hooks = false;   // somebody else deploys its application now
  bool can_be_confirmed = false;   // by `hook post-deploy`, once it is healthy
  bool is_as_released = true;      // false: somebody has changed the schema since
  std::optional<Run> unfinished;   // a deploy or a rollback that is not over
  bool is_under_way = false;       // and its process is at work
};

// Changes nothing; a database that cannot be read is no error.
[[nodiscard]] DatabaseStatus database_status(Repository& repository, const DatabaseConfig& database,
                                             Observer& observer);

}  // namespace dbrollback
