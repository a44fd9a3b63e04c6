#include "engine/database/postgres/stub_roles.hpp"

#include <set>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace {

std::set<std::string> named_by(const PostgresDatabaseFacts& facts) {
  std::set<std::string> out(facts.roles.begin(), facts.roles.end());
  out.insert(facts.owner);
  for (const PostgresSetting& setting : facts.settings) {
    out.insert(setting.role);
  }
  for (const PostgresGrant& grant : facts.grants) {
    out.insert({grant.grantor, grant.grantee});
  }
  out.erase("");  // everybody
  return out;
}

}  // namespace

std::vector<std::string> make_stub_roles(Connection& connection, const PostgresDatabaseFacts& facts) {
  std::set<std::string> lacking = named_by(facts);
  const Result there = connection.execute("SELECT rolname FROM pg_roles");
  for (int row = 0; row < there.rows(); ++row) {
    lacking.erase(there.text(row, 0));
  }
  std::vector<std::string> impossible;
  std::string sql;
  for (const std::string& role : lacking) {
    if (role.starts_with("pg_")) {
      impossible.push_back(role);
    } else {
      sql += base::cat("CREATE ROLE ", quote(role), " NOLOGIN; ");
    }
  }
  if (!sql.empty()) {
    (void)connection.execute(sql);  // several statements are one transaction
  }
  return impossible;
}

}  // namespace dbrollback::database::postgres
