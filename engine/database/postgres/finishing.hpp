// What a new database gets last, as statements.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/make_database.hpp"

namespace dbrollback::database::postgres {

struct Step {
  std::string what;  // for people: "the setting work_mem"
  std::string sql;   // one statement or several, that succeed or fail together
};

// The connection's database as SQL wants it, in the encoding of this session.
[[nodiscard]] std::string name_inside(Connection& fresh);

// `database`: its name as SQL wants it. `owner`: the role it belongs to now. The settings last: they may be such that
// nothing could be written after them.
[[nodiscard]] std::vector<Step> finishing(const std::string& database, const std::string& owner,
                                          const PostgresDatabaseFacts& facts, const RoleOptions& roles);

// Does them in one transaction, or (`keep` false) does them and takes everything back. Returns those that failed, each
// with the reason. Throws what is no refusal: a lost connection, a lock.
[[nodiscard]] std::vector<std::string> perform(Connection& fresh, const std::vector<Step>& steps, bool keep);

}  // namespace dbrollback::database::postgres
