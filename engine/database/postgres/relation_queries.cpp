#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr const char* persistence = "CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END";

// What tables, views and the like are made with, beside columns. Not where: a proof has no tablespaces.
std::string storage() {
  return cat(with_word("USING", "SELECT quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam"), " || ",
             with_word("WITH", sorted_array("c.reloptions")), " || ",
             with_word("TOAST WITH", cat("SELECT ", sorted_array("toast.reloptions"),
                                         " FROM pg_class toast WHERE toast.oid = c.reltoastrelid")));
}

ObjectQuery relation(const std::string& kind, const std::string& relkinds, char grants, const std::string& definition) {
  return {
      .kind = kind,
      .catalog = "pg_class",
      .grants = grants,
      .sql = cat("SELECT c.oid, n.nspname, c.relname, NULL, CASE WHEN c.relkind <> 'S' THEN c.oid END, ", definition,
                 R"(, c.relowner, c.relacl
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ()",
                 relkinds, ") AND c.relpersistence <> 't' AND ", of_users)};
}

std::string table_definition(int version) {
  return cat(persistence, " || 'TABLE (' || coalesce(", columns_of_c(version), ", '') || ')' || ",
             with_word("OF", "nullif(c.reloftype, 0)::regtype::text"), " || ",
             with_word("INHERITS",
                       "SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) "
                       "FROM pg_inherits i WHERE i.inhrelid = c.oid"),
             " || ", with_word("PARTITION", "pg_get_expr(c.relpartbound, c.oid)"), " || ",
             with_word("PARTITION BY", "pg_get_partkeydef(c.oid)"), " || ", storage(), R"( ||
    CASE WHEN c.relrowsecurity THEN ' ROW LEVEL SECURITY' ELSE '' END ||
    CASE WHEN c.relforcerowsecurity THEN ' FORCE ROW LEVEL SECURITY' ELSE '' END ||
    CASE c.relreplident WHEN 'd' THEN '' ELSE ' REPLICA IDENTITY ' || c.relreplident::text END)");
}

std::string view_definition(const std::string& word, int version) {
  return cat(persistence, " || '", word, " (' || coalesce(", columns_of_c(version), ", '') || ')' || ", storage(),
             " || ' AS ' || coalesce(pg_get_viewdef(c.oid), '')");
}

std::string foreign_table_definition(int version) {
  return cat("'FOREIGN TABLE (' || coalesce(", columns_of_c(version), ", '') || ')' || ",
             with_word("INHERITS",
                       "SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) "
                       "FROM pg_inherits i WHERE i.inhrelid = c.oid"),
             " || ", with_word("PARTITION", "pg_get_expr(c.relpartbound, c.oid)"), " || ",
             with_word("SERVER",
                       "SELECT quote_ident(s.srvname) FROM pg_foreign_table f JOIN pg_foreign_server s "
                       "ON s.oid = f.ftserver WHERE f.ftrelid = c.oid"),
             " || ",
             with_word("OPTIONS", cat("SELECT ", sorted_array("f.ftoptions"),
                                      " FROM pg_foreign_table f WHERE f.ftrelid = c.oid")));
}

// Without its value, which is data.
std::string sequence_definition() {
  return cat("(SELECT ", persistence,
             R"( || 'SEQUENCE AS ' || format_type(s.seqtypid, NULL) || ' START ' || s.seqstart ||
      ' INCREMENT ' || s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' CACHE ' || s.seqcache ||
      CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END
    FROM pg_sequence s WHERE s.seqrelid = c.oid) || )",
             with_word("OWNED BY", R"(
      SELECT d.refobjid::regclass::text || '.' || quote_ident(a.attname) ||
             CASE d.deptype WHEN 'i' THEN ' AS ITS IDENTITY' ELSE '' END
      FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))"));
}

}  // namespace

std::vector<ObjectQuery> relation_queries(int version) {
  return {relation("table", "'r', 'p'", 'r', table_definition(version)),
          relation("view", "'v'", 'r', view_definition("VIEW", version)),
          relation("materialized view", "'m'", 'r', view_definition("MATERIALIZED VIEW", version)),
          relation("foreign table", "'f'", 'r', foreign_table_definition(version)),
          relation("sequence", "'S'", 's', sequence_definition())};
}

}  // namespace dbrollback::database::postgres
