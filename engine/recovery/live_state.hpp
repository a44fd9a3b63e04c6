// What a database is now, as far as ways back depend on it: its schema, and what is applied of its migrations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbrollback/error.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/repository/store.hpp"
#include "schema/model.hpp"

namespace dbrollback::recovery {

struct LiveState {
  std::string location;
  schema::Schema schema;  // without what tools keep of migrations
  std::string fingerprint;
  std::string format;   // of the migrations, "command" for another tool's; empty: none are configured
  std::string version;  // the last migration that is applied; empty: none
  std::size_t pending = 0;
  bool half_way = false;                        // a migration is unfinished, or its tool calls it failed
  std::string problem;                          // for half_way: what, and why
  std::optional<ErrorInfo> migrations_problem;  // why the configured migrations cannot be read
};

// Reads the schema and the migrations' table, and no row of the application. Errors: as of the database.
[[nodiscard]] LiveState read_live(repository::Store& store, const DatabaseConfig& database, Observer& observer);

// The fingerprint of a schema without what tools keep of migrations.
[[nodiscard]] std::string fingerprint_of(const schema::Schema& schema, const DatabaseConfig& database);

// The schema that a snapshot is of, in the same way.
[[nodiscard]] schema::Schema schema_of_snapshot(repository::Store& store, const std::string& id,
                                                const DatabaseConfig& database, Observer& observer);

// The integrity queries that can be run on the database as it is; the observer is warned of the others.
[[nodiscard]] std::vector<Check> runnable_checks(const DatabaseConfig& database, Observer& observer);

// The results of these queries now. One that expects what it was is compared with `before`.
[[nodiscard]] std::vector<CheckResult> check_live(const DatabaseConfig& database,
                                                  const std::vector<CheckResult>& before, Observer& observer);

}  // namespace dbrollback::recovery
