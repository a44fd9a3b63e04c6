#include "engine/database/postgres/stub_roles.hpp"

#include <set>

#include "engine/base/text.hpp"
#include "engine/database/role_names.hpp"

namespace dbrollback::database::postgres {

std::set<std::string> lacking_roles(Connection& connection, const PostgresDatabaseFacts& facts) {
  std::set<std::string> out = roles_named_by(facts);
  const Result there = connection.execute("SELECT rolname FROM pg_roles");
  for (int row = 0; row < there.rows(); ++row) {
    out.erase(there.text(row, 0));
  }
  return out;
}

std::vector<std::string> make_stub_roles(Connection& connection, const PostgresDatabaseFacts& facts) {
  std::vector<std::string> impossible;
  std::string sql;
  for (const std::string& role : lacking_roles(connection, facts)) {
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
