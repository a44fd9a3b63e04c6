// What one session sees of a database in its transaction.
#pragma once

#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/relations.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

class ConnectionView : public RowView {
 public:
  // Precondition: `connection` is in a transaction, and outlives it. `relations`: as describe() wants them.
  ConnectionView(Connection& connection, const std::vector<Relation>& relations);

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
  std::vector<Relation> tables_;  // of description_.schema.tables, in their order
  Description description_;
};

}  // namespace dbrollback::database::postgres
