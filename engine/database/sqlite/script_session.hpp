// A connection to an SQLite file for scripts.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/database/script_session.hpp"
#include "engine/database/sqlite/connection.hpp"

namespace dbrollback::database::sqlite {

class SqliteScriptSession final : public ScriptSession {
 public:
  SqliteScriptSession(std::filesystem::path file, std::chrono::milliseconds lock_timeout, Tick tick);

  [[nodiscard]] schema::Dialect dialect() const override { return schema::Dialect::sqlite; }
  std::vector<schema::Row> rows(const std::string& query) override;
  void each_row(const std::string& query, const std::function<void(const schema::Row& row)>& take) override;
  Found find(const schema::Format& format, const std::string& table, bool to_write) override;
  [[nodiscard]] std::string database() const override { return file_.native(); }
  void begin() override { connection_->execute("BEGIN IMMEDIATE"); }
  void commit() override { connection_->execute("COMMIT"); }
  void rollback() noexcept override;
  [[nodiscard]] State state() const override;
  std::uint64_t run(const schema::Statement& statement) override;
  void execute(const std::string& sql) override { connection_->execute(sql); }
  void set_lock_timeout(std::chrono::milliseconds timeout) override;
  void reset() override;
  // Rows that refer to nothing.
  [[nodiscard]] std::vector<Trace> traces() override;
  [[nodiscard]] std::vector<TableSize> table_sizes() override;
  // One who writes to a file has all of it: there is nothing else to hold.
  void lock(const std::vector<std::int64_t>& /*keys*/, std::chrono::milliseconds /*timeout*/) override {}

 private:
  void open();
  void attach(const std::string& schema);
  // As sqitch has it: with the extension of the database, all of it.
  [[nodiscard]] std::filesystem::path own_file(const std::string& schema) const {
    const std::string name = file_.filename().native();
    return file_.parent_path() / (schema + name.substr(std::min(name.find('.'), name.size())));
  }

  std::filesystem::path file_;
  std::chrono::milliseconds lock_timeout_;
  Tick tick_;
  std::unique_ptr<Connection> connection_;
  std::string attached_;  // the tool's own file, as a schema
};

}  // namespace dbrollback::database::sqlite
