#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

ObjectQuery schemas() {
  return {.kind = "schema",
          .catalog = "pg_namespace",
          .grants = 'n',
          .sql = cat("SELECT n.oid, NULL::name, n.nspname, NULL, NULL::oid, 'SCHEMA', n.nspowner, n.nspacl "
                     "FROM pg_namespace n WHERE ",
                     of_users)};
}

// Without an owner: whoever restores it is that.
ObjectQuery extensions() {
  return {.kind = "extension", .catalog = "pg_extension", .sql = R"(
SELECT e.oid, NULL::name, e.extname, NULL, NULL::oid,
       'EXTENSION VERSION ' || quote_literal(e.extversion) || ' SCHEMA ' ||
       (SELECT quote_ident(n.nspname) FROM pg_namespace n WHERE n.oid = e.extnamespace), NULL::oid, NULL::aclitem[]
FROM pg_extension e)"};
}

ObjectQuery event_triggers() {
  return {.kind = "event trigger",
          .catalog = "pg_event_trigger",
          .sql = cat(R"(
SELECT e.oid, NULL::name, e.evtname, NULL, NULL::oid, 'EVENT TRIGGER ON ' || e.evtevent || )",
                     with_word("WHEN TAG IN", sorted_array("e.evttags")), R"( ||
       ' EXECUTE ' || e.evtfoid::regprocedure::text || ' ENABLED ' || e.evtenabled::text, e.evtowner, NULL::aclitem[]
FROM pg_event_trigger e)")};
}

// All of a default for a role alone, what a schema adds to that.
ObjectQuery default_privileges() {
  return {.kind = "default privileges",
          .catalog = "pg_default_acl",
          .sql = cat(R"(
SELECT d.oid, NULL::name, NULL::name,
       'of ' || quote_ident(pg_get_userbyid(d.defaclrole)) || coalesce(' in ' || (
         SELECT quote_ident(n.nspname) FROM pg_namespace n WHERE n.oid = d.defaclnamespace), '') || ' on ' ||
       CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
                            WHEN 'n' THEN 'schemas' ELSE 'kind ' || d.defaclobjtype::text END, NULL::oid,
       'DEFAULT PRIVILEGES' || )",
                     with_word("", grants_of("d.defaclacl")), ", NULL::oid, NULL::aclitem[] FROM pg_default_acl d")};
}

// Of whatever has one; those of the database itself and of roles are no part of its schema.
ObjectQuery security_labels() {
  return {.kind = "security label", .catalog = "pg_seclabel", .sql = R"(
SELECT NULL::oid, NULL::name, NULL::name, l.objtype || ' ' || l.objname || ' by ' || quote_ident(l.provider), NULL::oid,
       'LABEL ' || quote_literal(l.label), NULL::oid, NULL::aclitem[]
FROM pg_seclabels l WHERE l.objtype NOT IN ('database', 'tablespace', 'role', 'large object'))"};
}

// Of something that the system or an extension brought, once they are others than those that it came with.
ObjectQuery changed_grants(const std::string& kind, const std::string& catalog, const std::string& name, char acl_kind,
                           const std::string& acl, const std::string& owner, const std::string& where) {
  const std::string came_with = cat("coalesce(i.initprivs, acldefault('", acl_kind, "', x.", owner, "))");
  return {.kind = "grants on " + kind,
          .catalog = catalog,
          .sql = cat("SELECT NULL::oid, NULL::name, NULL::name, ", name, ", NULL::oid, ", grants_of("x." + acl),
                     ", NULL::oid, NULL::aclitem[] FROM ", catalog, " x LEFT JOIN pg_init_privs i ON i.classoid = '",
                     catalog, "'::regclass AND i.objoid = x.oid AND i.objsubid = 0 WHERE x.", acl,
                     " IS NOT NULL AND (x.", "oid < 16384 OR EXISTS (SELECT FROM pg_depend e WHERE e.classid = '",
                     catalog, "'::regclass AND e.objid = x.oid AND e.objsubid = 0 AND e.deptype = 'e')) AND ", where,
                     " AND ", grants_of("x." + acl), " IS DISTINCT FROM ", grants_of(came_with))};
}

}  // namespace

std::vector<ObjectQuery> database_queries(int /*version*/) {
  return {schemas(),
          extensions(),
          event_triggers(),
          default_privileges(),
          security_labels(),
          changed_grants("table", "pg_class", "x.oid::regclass::text", 'r', "relacl", "relowner",
                         "x.relkind IN ('r', 'p', 'v', 'm', 'f')"),
          changed_grants("sequence", "pg_class", "x.oid::regclass::text", 's', "relacl", "relowner", "x.relkind = 'S'"),
          changed_grants("function", "pg_proc", "x.oid::regprocedure::text", 'f', "proacl", "proowner", "true"),
          changed_grants("type", "pg_type", "x.oid::regtype::text", 'T', "typacl", "typowner", "true"),
          changed_grants("language", "pg_language", "quote_ident(x.lanname)", 'l', "lanacl", "lanowner", "true"),
          changed_grants("schema", "pg_namespace", "quote_ident(x.nspname)", 'n', "nspacl", "nspowner",
                         "x.nspname <> 'public'")};
}

}  // namespace dbrollback::database::postgres
