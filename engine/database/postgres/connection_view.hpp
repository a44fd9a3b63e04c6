// What one session sees of a database in its transaction.
#pragma once

#include <utility>
#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/relations.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

class ConnectionView : public RowView {
 public:
  // `description` and `tables`: describe()'s, of the transaction that `connection` is in. It must outlive this.
  ConnectionView(Connection& connection, Description description, std::vector<Relation> tables)
      : connection_(&connection), description_(std::move(description)), tables_(std::move(tables)) {}

  [[nodiscard]] const Description& describe() const override { return description_; }
  std::vector<Content> read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) override;
  [[nodiscard]] std::uint64_t count(const std::string& table) override;
  [[nodiscard]] Content content(const std::string& table) override;
  std::uint64_t rows(const std::string& table, const std::function<void(base::ByteView row)>& take) override;
  [[nodiscard]] std::string value_of(const std::string& sql) override;
  [[nodiscard]] Integrity integrity() override { return {}; }

 protected:
  [[nodiscard]] const std::vector<Relation>& tables() const { return tables_; }

 private:
  [[nodiscard]] const Relation& table(const std::string& name) const;

  Connection* connection_;
  Description description_;
  std::vector<Relation> tables_;  // of description_.schema.tables, in their order
};

}  // namespace dbrollback::database::postgres
