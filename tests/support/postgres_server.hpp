// A PostgreSQL server of a test's own: a folder, a unix socket, gone at the end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dbrollback::test {

namespace fs = std::filesystem;

class PostgresServer {
 public:
  // The server that all tests of this process share, started when the first asks for it. From the main thread: the
  // server dies with the thread that started it. Throws std::runtime_error when it does not start.
  static PostgresServer& shared();
  // Why there can be none on this machine; empty: there can.
  static std::string missing();

  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  PostgresServer(PostgresServer&&) = delete;
  PostgresServer& operator=(PostgresServer&&) = delete;

  [[nodiscard]] std::string url(const std::string& database, const std::string& user = "postgres") const;
  [[nodiscard]] const fs::path& folder() const { return folder_; }

  // A client program with these words; what it said on standard error when it failed, empty when it did not.
  [[nodiscard]] std::string client(const std::string& program, const std::vector<std::string>& words) const;
  // Copies a database into another, which is empty: pg_dump | pg_restore. As client().
  [[nodiscard]] std::string copy(const std::string& from, const std::string& to) const;

 private:
  [[nodiscard]] std::vector<std::string> as_owner(std::vector<std::string> words) const;
  void start();
  [[nodiscard]] bool ready() const;

  fs::path folder_;
  pid_t process_ = -1;
};

}  // namespace dbrollback::test
