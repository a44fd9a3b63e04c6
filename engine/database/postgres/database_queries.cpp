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

// Of something that pg_catalog or an extension brought, once they are others than those that it came with. pg_dump has
// them, but for those on the languages that are part of the server.
ObjectQuery changed_grants(const std::string& kind, const std::string& catalog, const std::string& name, char acl_kind,
                           const std::string& prefix, const std::string& where) {
  const std::string acl = cat("x.", prefix, "acl");
  const std::string came_with = cat("coalesce(i.initprivs, acldefault('", acl_kind, "', x.", prefix, "owner))");
  return {.kind = "grants on " + kind,
          .catalog = catalog,
          .sql = cat("SELECT NULL::oid, NULL::name, NULL::name, ", name, ", NULL::oid, ", grants_of(acl),
                     ", NULL::oid, NULL::aclitem[] FROM ", catalog, " x LEFT JOIN pg_init_privs i ON i.classoid = '",
                     catalog, "'::regclass AND i.objoid = x.oid AND i.objsubid = 0 WHERE ", acl, " IS NOT NULL AND (",
                     where, " OR EXISTS (SELECT FROM pg_depend e WHERE e.classid = '", catalog,
                     "'::regclass AND e.objid = x.oid AND e.objsubid = 0 AND e.deptype = 'e')) AND ", grants_of(acl),
                     " IS DISTINCT FROM ", grants_of(came_with))};
}

ObjectQuery changed_column_grants() {
  return {.kind = "grants on column",
          .catalog = "pg_class",
          .sql = cat(R"(
SELECT NULL::oid, NULL::name, NULL::name, a.attrelid::regclass::text || '.' || quote_ident(a.attname), NULL::oid, )",
                     grants_of("a.attacl"), R"(, NULL::oid, NULL::aclitem[]
FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid
LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = x.oid AND i.objsubid = a.attnum
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND (x.relnamespace = 'pg_catalog'::regnamespace OR EXISTS (
    SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = x.oid AND e.objsubid = 0 AND e.deptype = 'e'))
  AND )",
                     grants_of("a.attacl"), " IS DISTINCT FROM ", grants_of("i.initprivs"))};
}

}  // namespace

std::vector<ObjectQuery> database_queries(int /*version*/) {
  return {
      schemas(),
      extensions(),
      event_triggers(),
      default_privileges(),
      security_labels(),
      changed_grants("table", "pg_class", "x.oid::regclass::text", 'r', "rel",
                     "x.relnamespace = 'pg_catalog'::regnamespace"),
      changed_column_grants(),
      changed_grants("function", "pg_proc", "x.oid::regprocedure::text", 'f', "pro",
                     "x.pronamespace = 'pg_catalog'::regnamespace"),
      changed_grants("type", "pg_type", "x.oid::regtype::text", 'T', "typ",
                     "x.typnamespace = 'pg_catalog'::regnamespace"),
      changed_grants("language", "pg_language", "quote_ident(x.lanname)", 'l', "lan", "x.lanispl AND x.oid < 16384"),
      changed_grants("schema", "pg_namespace", "quote_ident(x.nspname)", 'n', "nsp", "x.nspname = 'pg_catalog'")};
}

}  // namespace dbrollback::database::postgres
