#include "engine/database/postgres/make_database.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/finishing.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

std::string option(const char* word, const std::string& value) {
  return value.empty() ? std::string() : cat(" ", word, " ", literal(value));
}

void require_known_locale(const Connection& connection, const PostgresDatabaseFacts& facts) {
  const int version = connection.server_version();
  const bool known =
      facts.locale_provider == "builtin" ? version >= 170000 : facts.locale_provider != "icu" || version >= 150000;
  if (!known || (!facts.icu_rules.empty() && version < 160000)) {
    base::fail({.code = "unsupported_locale",
                .exit = Exit::failed,
                .message = cat(printable(connection.shown()), " is too old for the database: its locale ",
                               printable(facts.locale), facts.icu_rules.empty() ? "" : ", with rules of its own,",
                               " is of the provider ", facts.locale_provider),
                .object = connection.shown(),
                .state = "nothing was changed",
                .next = "restore it to a server of the version that it comes from, or newer"});
  }
}

// Whoever gives it away needs the owner's rights himself: to drop, to rename, to grant.
void give_to(Connection& fresh, const std::string& owner) {
  const char* const member = fresh.server_version() >= 160000 ? "SET" : "MEMBER";
  const Result rights = fresh.execute(
      cat("SELECT pg_has_role(oid, 'USAGE') AND pg_has_role(oid, '", member, "') FROM pg_roles WHERE rolname = $1"),
      {owner});
  if (rights.rows() == 0) {
    base::fail({.code = "no_such_role",
                .exit = Exit::failed,
                .message = cat("the database belongs to the role ", printable(owner), ", and there is none in ",
                               printable(fresh.shown())),
                .object = owner,
                .state = "nothing was changed",
                .next = cat("CREATE ROLE ", printable(quote(owner)), ", or restore with --no-owner")});
  }
  const std::string role = fresh.value("SELECT current_user").value_or("");
  if (!rights.boolean(0, 0)) {
    base::fail({.code = "not_allowed",
                .exit = Exit::failed,
                .message = cat("the database belongs to the role ", printable(owner), ", and ", printable(role),
                               " is no member of it with its rights, nor a superuser"),
                .object = owner,
                .state = "nothing was changed",
                .next = cat("GRANT ", printable(quote(owner)), " TO ", printable(quote(role)),
                            ", use a superuser, or restore with --no-owner")});
  }
  (void)fresh.execute(cat("ALTER DATABASE ", name_inside(fresh), " OWNER TO ", quote(owner)));
}

std::vector<Step> last_steps(Connection& fresh, const PostgresDatabaseFacts& facts, const RoleOptions& roles) {
  const auto owner = fresh.value("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()");
  return finishing(name_inside(fresh), owner.value_or(""), facts, roles);
}

std::vector<std::string> prepare(Connection& fresh, const PostgresDatabaseFacts& facts, const RoleOptions& roles) {
  (void)fresh.execute("SET default_transaction_read_only = off");
  if (!roles.no_owner) {
    give_to(fresh, facts.owner);
  }
  (void)fresh.execute(cat("REVOKE ALL ON DATABASE ", name_inside(fresh), " FROM PUBLIC"));
  return perform(fresh, last_steps(fresh, facts, roles), false);
}

// Also when somebody has asked to stop. Where it fails, the error before it matters more; drop_interrupted finds it.
void drop_again(Connection& connection, const std::string& name) {
  try {
    connection.set_tick({});
    (void)connection.execute(cat("DROP DATABASE ", quote(name)));
  } catch (const Error&) {
  }
}

}  // namespace

// pg_default is what a new database gets, and to name it would need a right to it.
std::string create_database_sql(int version, const std::string& name, const PostgresDatabaseFacts& facts) {
  std::string sql = cat("CREATE DATABASE ", quote(name), " TEMPLATE template0", option("ENCODING", facts.encoding),
                        option("LC_COLLATE", facts.collate), option("LC_CTYPE", facts.ctype));
  if (version >= 150000) {
    sql += option("LOCALE_PROVIDER", facts.locale_provider);
  }
  if (facts.locale_provider == "icu") {
    sql += cat(option("ICU_LOCALE", facts.locale), option("ICU_RULES", facts.icu_rules));
  } else if (facts.locale_provider == "builtin") {
    sql += option("BUILTIN_LOCALE", facts.locale);
  }
  if (!facts.tablespace.empty() && facts.tablespace != "pg_default") {
    sql += cat(" TABLESPACE ", quote(facts.tablespace));
  }
  return sql;
}

std::vector<std::string> make_database(Connection& connection, const ConnectionOptions& inside, const std::string& name,
                                       const PostgresDatabaseFacts& facts, const RoleOptions& roles) {
  require_known_locale(connection, facts);
  (void)connection.execute(create_database_sql(connection.server_version(), name, facts));
  try {
    // Now is the time to see whether pg_hba.conf and poolers let us in by this name.
    Connection fresh(connection.parameters().with("dbname", name), inside);
    return prepare(fresh, facts, roles);
  } catch (...) {
    drop_again(connection, name);
    throw;
  }
}

std::vector<std::string> finish_database(Connection& fresh, const PostgresDatabaseFacts& facts,
                                         const RoleOptions& roles) {
  return perform(fresh, last_steps(fresh, facts, roles), true);
}

}  // namespace dbrollback::database::postgres
