// A real PostgreSQL server of a test's own: a temporary cluster, reached by a unix socket only, never run as root, gone
// with the object and also when the test is killed.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::test {

class PostgresServer {
 public:
  // The newest programs that are installed in Debian's folders; empty when there are none.
  [[nodiscard]] static std::filesystem::path programs();

  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  PostgresServer(PostgresServer&&) = delete;
  PostgresServer& operator=(PostgresServer&&) = delete;

  // As the superuser "postgres", or another role.
  [[nodiscard]] std::string url(const std::string& database, const std::string& user = "postgres") const;
  [[nodiscard]] std::unique_ptr<database::postgres::Connection> connect(const std::string& database) const;
  // Runs statements in a database of this name, which is made where it is missing.
  void sql(const std::string& database, const std::string& statements) const;

 private:
  std::filesystem::path folder_;
  pid_t server_ = -1;
};

// A test with a server, skipped where none is installed.
class WithPostgres : public testing::Test {
 protected:
  void SetUp() override {
    if (PostgresServer::programs().empty()) {
      GTEST_SKIP() << "no PostgreSQL server is installed (package postgresql)";
    }
    server_ = std::make_unique<PostgresServer>();
  }
  [[nodiscard]] const PostgresServer& server() const { return *server_; }

 private:
  std::unique_ptr<PostgresServer> server_;
};

}  // namespace dbrollback::test
