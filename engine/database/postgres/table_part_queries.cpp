#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// How a trigger or a rule fires: on an origin unless told otherwise.
std::string firing(const std::string& column) {
  return cat("CASE ", column, " WHEN 'O' THEN '' ELSE ' ENABLED ' || ", column, "::text END");
}

ObjectQuery part(const std::string& kind, const std::string& catalog, const std::string& name,
                 const std::string& definition, const std::string& from, const std::string& where) {
  return {.kind = kind,
          .catalog = catalog,
          .sql = cat("SELECT x.oid, NULL::name, x.", name, ", NULL, c.oid, ", definition,
                     ", NULL::oid, NULL::aclitem[] FROM ", from,
                     " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't' AND ", of_users,
                     " AND ", where)};
}

// One that is not valid is none: describe() says so. A partitioned table's lacks only some of its partitions' then.
ObjectQuery indexes() {
  const std::string definition = cat(
      "pg_get_indexdef(x.oid) || ",
      with_word("ATTACHED TO", "SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = x.oid"),
      " || ",
      with_word("STATISTICS",
                "SELECT string_agg(a.attnum || ' ' || a.attstattarget, ', ' ORDER BY a.attnum) FROM pg_attribute a "
                "WHERE a.attrelid = x.oid AND coalesce(a.attstattarget, -1) <> -1"),
      R"( || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END || CASE WHEN i.indisclustered THEN ' CLUSTERED' ELSE '' END ||
      CASE WHEN i.indisreplident THEN ' REPLICA IDENTITY' ELSE '' END)");
  return {.kind = "index",
          .catalog = "pg_class",
          .sql = cat("SELECT x.oid, n.nspname, x.relname, NULL, c.oid, ", definition, R"(, NULL::oid, NULL::aclitem[]
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE (i.indisvalid OR c.relkind = 'p') AND c.relkind <> 't' AND c.relpersistence <> 't' AND )",
                     of_users)};
}

// A partition's copies of its parent's keys are made again with it, under names of the server's choice; that something
// is never NULL is said of the column.
ObjectQuery constraints() {
  return part("constraint", "pg_constraint", "conname", "pg_get_constraintdef(x.oid)",
              "pg_constraint x JOIN pg_class c ON c.oid = x.conrelid",
              "x.contype NOT IN ('n', 't') AND NOT (x.contype = 'f' AND x.conparentid <> 0)");
}

// Partitions have copies of their parent's triggers, which can be disabled one by one; those of keys are the server's.
ObjectQuery triggers(int version) {
  const char* const copies = version >= 130000
                                 ? "x.tgparentid <> 0"
                                 : "EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass "
                                   "AND d.objid = x.oid AND d.refclassid = 'pg_trigger'::regclass)";
  return part("trigger", "pg_trigger", "tgname",
              cat("regexp_replace(pg_get_triggerdef(x.oid), '^CREATE ', '') || ", firing("x.tgenabled")),
              "pg_trigger x JOIN pg_class c ON c.oid = x.tgrelid",
              cat("(NOT x.tgisinternal OR ", copies,
                  ") AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.oid = x.tgconstraint AND k.contype <> 't')"));
}

ObjectQuery rules() {
  return part("rule", "pg_rewrite", "rulename", cat("pg_get_ruledef(x.oid) || ", firing("x.ev_enabled")),
              "pg_rewrite x JOIN pg_class c ON c.oid = x.ev_class", "x.rulename <> '_RETURN'");
}

ObjectQuery policies() {
  return part("policy", "pg_policy", "polname",
              cat("'POLICY FOR ' || x.polcmd::text || CASE WHEN x.polpermissive THEN '' ELSE ' RESTRICTIVE' END || ",
                  with_word("TO", R"(
      SELECT string_agg(CASE r.role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.role)) END, ', '
                        ORDER BY pg_get_userbyid(r.role)::text COLLATE "C") FROM unnest(x.polroles) AS r(role))"),
                  " || ", with_word("USING", "pg_get_expr(x.polqual, x.polrelid)"), " || ",
                  with_word("WITH CHECK", "pg_get_expr(x.polwithcheck, x.polrelid)")),
              "pg_policy x JOIN pg_class c ON c.oid = x.polrelid", "true");
}

ObjectQuery statistics(int version) {
  const char* const target = version >= 130000 ? "nullif(x.stxstattarget, -1)::text" : "NULL::text";
  return {.kind = "statistics",
          .catalog = "pg_statistic_ext",
          .sql = cat("SELECT x.oid, n.nspname, x.stxname, NULL, x.stxrelid, pg_get_statisticsobjdef(x.oid) || ",
                     with_word("TARGET", target), R"(, x.stxowner, NULL::aclitem[]
FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace WHERE )",
                     of_users)};
}

}  // namespace

std::vector<ObjectQuery> table_part_queries(int version) {
  return {indexes(), constraints(), triggers(version), rules(), policies(), statistics(version)};
}

}  // namespace dbrollback::database::postgres
