// A test with a repository and an SQLite database of its own.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/repository/store.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::test {

class SqliteCase : public InFolder {
 protected:
  SqliteCase() : repository_(Repository::create(at("repository"))) {
    database_.name = "app";
    database_.url = at("app.db").native();
  }

  [[nodiscard]] repository::Store& store() { return repository_.store(); }

  void execute(const std::string& sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(at("app.db").c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    (void)sqlite3_close(handle);
  }
  [[nodiscard]] std::string snapshot() { return take_snapshot(repository_, database_, {}, quiet_).summary.id; }

  // A folder of dbmate's, which is the one of the configuration from now on.
  void add_migration(const std::string& name, const std::string& up, const std::string& down = {}) {
    database_.migrations = at("migrations");
    fs::create_directories(database_.migrations);
    put_content(at("migrations") / (name + ".sql"), "-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n");
  }
  // As dbmate does it.
  void say_applied(const std::vector<std::string>& versions) const {
    execute("CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) primary key)");
    for (const std::string& version : versions) {
      execute("INSERT INTO schema_migrations VALUES ('" + version + "')");
    }
  }

  Repository repository_;
  DatabaseConfig database_;
  Observer quiet_;
};

}  // namespace dbrollback::test
