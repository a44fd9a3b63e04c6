// A session of a PostgreSQL server for scripts, and one beside it that holds the locks of their run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/script_session.hpp"

namespace dbrollback::database::postgres {

class PostgresScriptSession final : public ScriptSession {
 public:
  PostgresScriptSession(const Parameters& parameters, ConnectionOptions options);

  [[nodiscard]] schema::Dialect dialect() const override { return schema::Dialect::postgres; }
  std::vector<schema::Row> rows(const std::string& query) override;
  void each_row(const std::string& query, const std::function<void(const schema::Row& row)>& take) override;
  Found find(const schema::Format& format, const std::string& table, bool to_write) override;
  [[nodiscard]] std::string database() const override { return connection_.parameters().database(); }
  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  [[nodiscard]] State state() const override;
  std::uint64_t run(const schema::Statement& statement) override;
  void execute(const std::string& sql) override { (void)connection_.execute(sql); }
  void set_lock_timeout(std::chrono::milliseconds timeout) override;
  void reset() override;
  // Indexes that are not valid.
  [[nodiscard]] std::vector<Trace> traces() override;
  [[nodiscard]] std::vector<TableSize> table_sizes() override;
  [[nodiscard]] std::vector<std::string> left_running() override;
  void lock(const std::vector<std::int64_t>& keys, std::chrono::milliseconds timeout) override;

 private:
  ConnectionOptions options_;
  Connection connection_;
  std::unique_ptr<Connection> locks_;
};

}  // namespace dbrollback::database::postgres
