// A database that is built beside a live one.
#pragma once

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

class BesideLive final : public NewDatabase {
 public:
  // `admin`: of the role that makes it, as of connect_beside. Throws as make_database and find_client_programs.
  BesideLive(const Parameters& admin, const ClientPlaces& places, std::string live, PostgresDatabaseFacts facts,
             BuildOptions options);
  ~BesideLive() override;
  BesideLive(const BesideLive&) = delete;
  BesideLive& operator=(const BesideLive&) = delete;
  BesideLive(BesideLive&&) = delete;
  BesideLive& operator=(BesideLive&&) = delete;

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::vector<std::string>& limits() const override { return limits_; }
  void fill(const StoredDatabase& stored) override;
  [[nodiscard]] std::unique_ptr<View> open_view() override;
  [[nodiscard]] std::unique_ptr<ScriptSession> open_session() override;
  [[nodiscard]] std::unique_ptr<NewDatabase> copy() override;
  void finish() override;
  Swapped swap() override;

 private:
  // A copy of `model`, which has no session.
  explicit BesideLive(BesideLive& model);

  void make(Connection& beside, const std::string& model);
  void keep();
  void drop();
  [[nodiscard]] Parameters inside() const { return admin_.with("dbname", name_); }
  [[nodiscard]] ConnectionOptions connection_options() const {
    return {.lock_timeout = options_.lock_timeout, .tick = options_.tick};
  }

  Parameters admin_;
  std::string live_;
  std::string name_;
  PostgresDatabaseFacts facts_;
  BuildOptions options_;
  ClientPrograms programs_;
  std::vector<std::string> limits_;
  std::unique_ptr<Connection> keeper_;  // shows other commands that somebody is at work here
  bool swapped_ = false;
};

// Renames the live database to a name that says when, where there is one, and `other` to its name.
[[nodiscard]] Swapped put_in_place(const Parameters& admin, const std::string& live, const std::string& other,
                                   const ConnectionOptions& options);

}  // namespace dbrollback::database::postgres
