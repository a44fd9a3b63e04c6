#include "engine/database/postgres/needed_rights.hpp"

#include <cstdint>
#include <set>

#include "engine/base/text.hpp"
#include "engine/database/postgres/foreign_keys.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr int parameters_can_be_granted = 150000;

// What is not a part of an extension, which goes with that.
constexpr const char* owned_by_others_sql = R"(
SELECT each.kind || ' ' || each.name FROM (
  SELECT 'table' AS kind, c.oid::regclass::text AS name, c.relowner AS owner, c.oid, 'pg_class'::regclass AS catalog
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION ALL SELECT 'schema', oid::regnamespace::text, nspowner, oid, 'pg_namespace'::regclass FROM pg_namespace
            WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
  UNION ALL SELECT 'routine', oid::regprocedure::text, proowner, oid, 'pg_proc'::regclass FROM pg_proc
            WHERE pronamespace = to_regnamespace('public')
  UNION ALL SELECT 'extension', quote_ident(extname), extowner, oid, 'pg_extension'::regclass FROM pg_extension
            WHERE oid >= 16384
  UNION ALL SELECT 'publication', quote_ident(pubname), pubowner, oid, 'pg_publication'::regclass FROM pg_publication
  UNION ALL SELECT 'event trigger', quote_ident(evtname), evtowner, oid, 'pg_event_trigger'::regclass
            FROM pg_event_trigger) AS each
WHERE NOT pg_has_role(each.owner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = each.catalog AND d.objid = each.oid AND d.deptype = 'e')
ORDER BY 1)";

constexpr const char* rights_sql = R"(
SELECT c.oid, has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND
       has_table_privilege(c.oid, 'DELETE'),
       pg_has_role(c.relowner, 'USAGE') OR
       NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D')
FROM pg_class c WHERE c.oid = to_regclass($1))";

constexpr const char* owns_sql = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass($1)";

std::vector<std::string> not_owned(Connection& connection) {
  const Result found = connection.execute(owned_by_others_sql);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(found.rows()));
  for (int row = 0; row < found.rows(); ++row) {
    out.push_back(cat("it does not own the ", found.text(row, 0)));
  }
  return out;
}

}  // namespace

bool may_silence_all(Connection& connection) {
  return connection.value(connection.server_version() >= parameters_can_be_granted
                              ? "SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
                              : "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "t";
}

std::vector<std::string> missing_rights(Connection& connection, const std::vector<std::string>& tables) {
  if (tables.empty()) {
    return not_owned(connection);
  }
  std::vector<std::string> out;
  std::vector<std::uint32_t> oids;
  for (const std::string& table : tables) {
    const Result rights = connection.execute(rights_sql, {table});
    if (rights.rows() == 0) {
      continue;
    }
    oids.push_back(static_cast<std::uint32_t>(rights.integer(0, 0)));
    if (!rights.boolean(0, 1)) {
      out.push_back(cat("it may not read, delete and insert rows of ", table));
    } else if (!rights.boolean(0, 2)) {
      out.push_back(cat("it does not own ", table, ", whose triggers are to be silent"));
    }
  }
  if (!oids.empty() && !may_silence_all(connection)) {
    std::set<std::string> others;
    for (const ForeignKey& key : foreign_keys_of(connection, oids)) {
      if (connection.value(owns_sql, {key.table}) == "f") {
        others.insert(key.table);
      }
    }
    for (const std::string& table : others) {
      out.push_back(cat("it does not own ", table, ", whose foreign keys are to be dropped and made again"));
    }
  }
  return out;
}

}  // namespace dbrollback::database::postgres
