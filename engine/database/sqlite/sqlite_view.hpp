// A consistent view of an SQLite database: one connection with a read transaction that stays open.
#pragma once

#include <memory>

#include "engine/database/database.hpp"
#include "engine/database/sqlite/connection.hpp"
#include "engine/database/sqlite/page_vfs.hpp"

namespace dbrollback::database::sqlite {

class SqliteView final : public View {
 public:
  // Of a connection that a caller made; begins the read transaction. `vfs`, when given, belongs to the connection.
  SqliteView(std::unique_ptr<Connection> connection, std::unique_ptr<PageVfs> vfs, const std::string& source,
             const ViewOptions& options);
  // Of a connection that stays the caller's, with its read transaction open already.
  SqliteView(Connection& connection, const std::string& source, const ViewOptions& options);
  ~SqliteView() override;
  SqliteView(const SqliteView&) = delete;
  SqliteView& operator=(const SqliteView&) = delete;
  SqliteView(SqliteView&&) = delete;
  SqliteView& operator=(SqliteView&&) = delete;

  [[nodiscard]] const Description& describe() const override { return description_; }
  std::vector<Content> read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) override;
  std::uint64_t count(const std::string& table) override;
  std::optional<std::uint64_t> count_within(const std::string& table, std::chrono::milliseconds limit) override;
  Content content(const std::string& table) override;
  std::string value_of(const std::string& sql) override;
  Integrity integrity() override;
  RowDifference compare(SqliteView& b, const std::string& table);

 private:
  void begin();
  void tick();
  [[nodiscard]] const schema::Table& table(const std::string& name) const;

  std::unique_ptr<PageVfs> vfs_;  // before the connection: ends after it
  std::unique_ptr<Connection> own_;
  Connection* connection_;
  ViewOptions options_;
  Description description_;
  bool bound_pause_ = false;  // readers block writers: rollback-journal mode
  std::optional<std::chrono::steady_clock::time_point> writer_since_;
};

}  // namespace dbrollback::database::sqlite
