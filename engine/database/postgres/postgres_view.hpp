// A consistent view of a PostgreSQL database: a snapshot that several sessions share.
#pragma once

#include "engine/database/postgres/copy_tables.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

class PostgresView final : public RowView {
 public:
  // `places`: of pg_dump; without them there is no read_schema. Errors as of Sessions.
  PostgresView(const Parameters& parameters, const ConnectionOptions& connection, const CopyOptions& copy,
               const std::optional<ClientPlaces>& places);

  [[nodiscard]] const Description& describe() const override { return description_; }
  [[nodiscard]] unsigned streams() const override { return sessions_.jobs(); }
  std::vector<Content> read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) override;
  bool read_schema(const std::function<void(base::ByteView)>& take) override;
  [[nodiscard]] std::uint64_t count(const std::string& table) override;
  [[nodiscard]] Content content(const std::string& table) override;
  [[nodiscard]] std::string value_of(const std::string& sql) override;
  [[nodiscard]] Integrity integrity() override { return {}; }
  std::uint64_t rows(const std::string& table, const std::function<void(base::ByteView row)>& take) override;

 private:
  [[nodiscard]] const Relation& table(const std::string& name) const;

  [[nodiscard]] Connection& connection() { return sessions_.snapshot().connection(); }

  CopyOptions copy_;
  Sessions sessions_;
  std::vector<Relation> tables_;  // of description_.schema.tables, in their order
  Description description_;
};

}  // namespace dbrollback::database::postgres
