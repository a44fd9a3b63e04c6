// A consistent view of a PostgreSQL database: a snapshot that several sessions share.
#pragma once

#include <memory>

#include "engine/database/postgres/connection_view.hpp"
#include "engine/database/postgres/copy_tables.hpp"

namespace dbrollback::database::postgres {

class PostgresView final : public ConnectionView {
 public:
  // `places`: of pg_dump; without them there is no read_schema. Tables that are not chosen are none of the view's, but
  // their definitions are. Errors as of Sessions.
  PostgresView(const Parameters& parameters, const ConnectionOptions& connection, const CopyOptions& copy,
               const std::optional<ClientPlaces>& places, const TableChoice& choice = {});

  [[nodiscard]] unsigned streams() const override { return sessions_->jobs(); }
  std::vector<Content> read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) override;
  bool read_schema(const std::function<void(base::ByteView)>& take) override;

 private:
  PostgresView(const CopyOptions& copy, std::unique_ptr<Sessions> sessions);

  CopyOptions copy_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace dbrollback::database::postgres
