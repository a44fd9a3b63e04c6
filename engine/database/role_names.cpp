#include "engine/database/role_names.hpp"

#include <algorithm>

namespace dbrollback::database {

std::set<std::string> roles_named_by(const PostgresDatabaseFacts& facts) {
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

bool rows_name_roles(const PostgresTableFacts& table) {
  return table.schema == "pg_catalog" && table.name == "pg_largeobject_metadata";
}

PostgresDatabaseFacts with_roles(PostgresDatabaseFacts facts, const std::map<std::string, std::string>& renamed) {
  const auto rename = [&](std::string& role) {
    if (const auto found = renamed.find(role); found != renamed.end()) {
      role = found->second;
    }
  };
  rename(facts.owner);
  std::ranges::for_each(facts.roles, rename);
  for (PostgresSetting& setting : facts.settings) {
    rename(setting.role);
  }
  for (PostgresGrant& grant : facts.grants) {
    rename(grant.grantor);
    rename(grant.grantee);
  }
  return facts;
}

}  // namespace dbrollback::database
