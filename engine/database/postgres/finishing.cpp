#include "engine/database/postgres/finishing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

// Settings that the server keeps as a list of names in quotes: a value in one text would be a list of one. They are
// part of the server; extensions cannot add any (pg_dump has the same list: variable_is_guc_list_quote).
constexpr std::array<std::string_view, 6> lists{"local_preload_libraries",   "search_path",
                                                "session_preload_libraries", "shared_preload_libraries",
                                                "temp_tablespaces",          "unix_socket_directories"};

// The names of such a list: separated by commas, each in double quotes where it needs them.
std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '"' && quoted && i + 1 < list.size() && list[i + 1] == '"') {
      out.back() += list[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      out.emplace_back();
    } else if (quoted || c != ' ') {
      out.back() += c;
    }
  }
  return out;
}

std::string value_sql(const PostgresSetting& setting) {
  if (std::ranges::find(lists, setting.name) == lists.end()) {
    return literal(setting.value);
  }
  std::vector<std::string> names;
  for (const std::string& name : names_in(setting.value)) {
    names.push_back(literal(name));
  }
  return base::join(names, ", ");
}

Step setting_step(const std::string& database, const PostgresSetting& setting) {
  const std::string whose = setting.role.empty() ? cat("ALTER DATABASE ", database)
                                                 : cat("ALTER ROLE ", quote(setting.role), " IN DATABASE ", database);
  return {.what = cat("the setting ", setting.name, setting.role.empty() ? "" : " of the role ", setting.role),
          .sql = cat(whose, " SET ", quote(setting.name), " TO ", value_sql(setting))};
}

std::string grantee_sql(const std::string& role) { return role.empty() ? "PUBLIC" : quote(role); }

// The grants of a database that belonged to one role, for a database that belongs to another.
std::vector<PostgresGrant> given_to(std::vector<PostgresGrant> grants, const std::string& before,
                                    const std::string& owner) {
  for (PostgresGrant& grant : grants) {
    grant.grantor = grant.grantor == before ? owner : grant.grantor;
    grant.grantee = grant.grantee == before ? owner : grant.grantee;
  }
  return grants;
}

// The owner's first; then those of each who was given the right to grant. A grantor who was never given it comes last,
// and fails.
std::vector<PostgresGrant> in_order(std::vector<PostgresGrant> grants, const std::string& owner) {
  auto done = std::stable_partition(grants.begin(), grants.end(),
                                    [&](const PostgresGrant& grant) { return grant.grantor == owner; });
  for (auto before = grants.begin(); before != done;) {
    before = done;
    done = std::stable_partition(done, grants.end(), [&](const PostgresGrant& grant) {
      return std::any_of(grants.begin(), before, [&](const PostgresGrant& earlier) {
        return earlier.grantee == grant.grantor && earlier.privilege == grant.privilege && earlier.grantable;
      });
    });
  }
  return grants;
}

Step grant_step(const std::string& database, const PostgresGrant& grant, const std::string& owner) {
  const std::string sql = cat("GRANT ", grant.privilege, " ON DATABASE ", database, " TO ", grantee_sql(grant.grantee),
                              grant.grantable ? " WITH GRANT OPTION" : "");
  const bool by_owner = grant.grantor == owner;
  return {.what = cat("the right ", grant.privilege, " of ", grant.grantee.empty() ? "everybody" : grant.grantee,
                      by_owner ? "" : ", granted by ", by_owner ? "" : grant.grantor),
          .sql = by_owner ? sql : cat("SET LOCAL ROLE ", quote(grant.grantor), "; ", sql, "; RESET ROLE")};
}

// A new database has the rights of its owner and, until make_database took them away, those of everybody.
void add_grants(std::vector<Step>& out, const std::string& database, const std::string& owner,
                const PostgresDatabaseFacts& facts, const RoleOptions& roles) {
  if (roles.no_privileges) {
    out.push_back({.what = "the rights of everybody",
                   .sql = cat("GRANT CONNECT, TEMPORARY ON DATABASE ", database, " TO PUBLIC")});
    return;
  }
  out.push_back({.what = "the rights that a new database begins with",
                 .sql = cat("REVOKE ALL ON DATABASE ", database, " FROM PUBLIC, ", quote(owner))});
  for (const PostgresGrant& grant : in_order(given_to(facts.grants, facts.owner, owner), owner)) {
    out.push_back(grant_step(database, grant, owner));
  }
}

// What the server said, without where: that is told already.
std::string reason_of(const Error& error, const Connection& fresh) {
  const std::string beginning = cat("could not use ", printable(fresh.shown()), ": ");
  const std::string message = error.what();
  return message.starts_with(beginning) ? message.substr(beginning.size()) : message;
}

}  // namespace

std::string name_inside(Connection& fresh) { return quote(fresh.value("SELECT current_database()").value_or("")); }

std::vector<Step> finishing(const std::string& database, const std::string& owner, const PostgresDatabaseFacts& facts,
                            const RoleOptions& roles) {
  std::vector<Step> out;
  if (!facts.comment.empty()) {
    out.push_back(
        {.what = "the comment", .sql = cat("COMMENT ON DATABASE ", database, " IS ", literal(facts.comment))});
  }
  for (const PostgresLabel& label : facts.labels) {
    out.push_back({.what = cat("the security label of ", label.provider),
                   .sql = cat("SECURITY LABEL FOR ", quote(label.provider), " ON DATABASE ", database, " IS ",
                              literal(label.label))});
  }
  add_grants(out, database, owner, facts, roles);
  if (facts.connection_limit >= 0) {
    out.push_back({.what = "the connection limit",
                   .sql = cat("ALTER DATABASE ", database, " CONNECTION LIMIT ", facts.connection_limit)});
  }
  if (facts.is_template) {
    out.push_back({.what = "that it is a template", .sql = cat("ALTER DATABASE ", database, " IS_TEMPLATE true")});
  }
  for (const PostgresSetting& setting : facts.settings) {
    out.push_back(setting_step(database, setting));
  }
  return out;
}

std::vector<std::string> perform(Connection& fresh, const std::vector<Step>& steps, bool keep) {
  std::vector<std::string> refused;
  (void)fresh.execute("BEGIN READ WRITE");
  for (const Step& step : steps) {
    (void)fresh.execute("SAVEPOINT step");
    try {
      (void)fresh.execute(step.sql);
      (void)fresh.execute("RELEASE step");
    } catch (const Error& error) {
      if (error.exit() != Exit::failed || error.code() == "connection_lost") {
        throw;
      }
      (void)fresh.execute("ROLLBACK TO step");
      refused.push_back(cat(printable(step.what), " cannot be restored: ", reason_of(error, fresh)));
    }
  }
  (void)fresh.execute(keep ? "COMMIT" : "ROLLBACK");
  return refused;
}

}  // namespace dbrollback::database::postgres
