// The PostgreSQL adapter: a database of a server.
#pragma once

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/missing_on.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

class PostgresDatabase final : public ServerDatabase {
 public:
  // Reads the URLs, and connects later. Throws as Parameters::parse.
  explicit PostgresDatabase(const DatabaseConfig& config);
  // The one that `parameters` name, whatever the configured URLs say.
  PostgresDatabase(const DatabaseConfig& config, const Parameters& parameters);

  std::unique_ptr<View> open_view(const ViewOptions& options, Observer& /*observer*/) override {
    return open_rows(options);
  }
  [[nodiscard]] std::unique_ptr<RowView> open_rows(const ViewOptions& options) override;
  [[nodiscard]] std::string location() const override { return parameters_.shown(); }
  // The cluster's system identifier and the database's name there.
  [[nodiscard]] std::string identity() override;

  [[nodiscard]] std::string name() const override { return parameters_.database(); }
  [[nodiscard]] bool exists() override;
  [[nodiscard]] std::vector<std::string> missing(const Needs& needs) override { return missing_on(*beside(), needs); }
  [[nodiscard]] std::vector<Obstacle> obstacles() override;
  [[nodiscard]] std::vector<Advice> advice() override;
  [[nodiscard]] WrittenSince written_since(const PostgresFacts& snapshot,
                                           const std::vector<TableFacts>& tables) override;
  [[nodiscard]] std::vector<KeptDatabase> kept() override;
  [[nodiscard]] WrittenSince written_since_swap(const std::string& kept) override;
  void drop_kept(const std::string& name) override;
  std::vector<std::string> drop_interrupted() override;
  [[nodiscard]] std::unique_ptr<NewDatabase> make(const PostgresDatabaseFacts& facts,
                                                  const BuildOptions& options) override;
  TablesOverwritten overwrite_tables(const StoredDatabase& stored, const std::vector<std::string>& tables,
                                     const TablesOptions& options) override;
  void restore_in_place(const StoredDatabase& stored, const InPlaceOptions& options) override;
  [[nodiscard]] std::vector<std::string> missing_rights(const std::vector<std::string>& tables) override;
  [[nodiscard]] std::vector<std::string> not_loadable(const StoredFacts& stored) override;
  [[nodiscard]] std::vector<std::string> load(const StoredDatabase& stored, const LoadOptions& options) override;
  Swapped put_back(const std::string& kept) override;

 private:
  [[nodiscard]] bool is_known_absent() const;
  [[nodiscard]] std::unique_ptr<Connection> beside() const;
  [[nodiscard]] ConnectionOptions connection_options() const;
  [[nodiscard]] ClientPlaces places() const { return {.configured = config_.pg_bin}; }

  DatabaseConfig config_;
  Parameters parameters_;
  Parameters admin_;  // of the role that makes databases
};

}  // namespace dbrollback::database::postgres
