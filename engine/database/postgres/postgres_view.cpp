#include "engine/database/postgres/postgres_view.hpp"

namespace dbrollback::database::postgres {

PostgresView::PostgresView(const Parameters& parameters, const ConnectionOptions& connection, const CopyOptions& copy,
                           const std::optional<ClientPlaces>& places, const TableChoice& choice)
    : PostgresView(copy,
                   std::make_unique<Sessions>(parameters, connection, copy.jobs, copy.yield_after, places, choice)) {}

PostgresView::PostgresView(const CopyOptions& copy, std::unique_ptr<Sessions> sessions)
    : ConnectionView(sessions->snapshot().connection(), sessions->description(), sessions->tables()),
      copy_(copy),
      sessions_(std::move(sessions)) {}

bool PostgresView::read_schema(const std::function<void(base::ByteView)>& take) {
  take(sessions_->schema_archive());
  return true;
}

std::vector<Content> PostgresView::read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) {
  return copy_tables(*sessions_, tables(), sinks, copy_, progress);
}

}  // namespace dbrollback::database::postgres
