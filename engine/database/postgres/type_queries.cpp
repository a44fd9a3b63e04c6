#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

ObjectQuery type(const std::string& kind, const std::string& definition, const std::string& where) {
  return {.kind = kind,
          .catalog = "pg_type",
          .grants = 'T',
          .sql = cat("SELECT t.oid, n.nspname, t.typname, NULL, NULL::oid, ", definition, R"(, t.typowner, t.typacl
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE )",
                     where, " AND ", of_users)};
}

constexpr const char* labels =
    "'ENUM (' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) "
    "FROM pg_enum e WHERE e.enumtypid = t.oid), '') || ')'";

std::string domain_definition() {
  return cat("'DOMAIN AS ' || format_type(t.typbasetype, t.typtypmod) || ",
             with_word("COLLATE", collation_name("nullif(t.typcollation, (SELECT b.typcollation FROM pg_type b "
                                                 "WHERE b.oid = t.typbasetype))")),
             " || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || ",
             with_word("DEFAULT", "pg_get_expr(t.typdefaultbin, 0)"), " || ", with_word("", R"(
      SELECT string_agg('CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) ||
                        coalesce(' COMMENT ' || quote_literal(s.description), ''), ', ' ORDER BY k.conname)
      FROM pg_constraint k
      LEFT JOIN pg_description s ON s.classoid = 'pg_constraint'::regclass AND s.objoid = k.oid
      WHERE k.contypid = t.oid AND k.contype = 'c')"));
}

std::string range_definition(int version) {
  const char* const multirange = version >= 140000 ? "r.rngmultitypid::regtype::text" : "NULL::text";
  return cat("(SELECT 'RANGE OF ' || format_type(r.rngsubtype, NULL) || ",
             with_word("COLLATE", collation_name("r.rngcollation")), " || ", with_word("OPERATOR CLASS", R"(
        SELECT quote_ident(cn.nspname) || '.' || quote_ident(o.opcname)
        FROM pg_opclass o JOIN pg_namespace cn ON cn.oid = o.opcnamespace WHERE o.oid = r.rngsubopc)"),
             " || ", with_word("CANONICAL", "nullif(r.rngcanonical, 0)::regprocedure::text"), " || ",
             with_word("DIFFERENCE", "nullif(r.rngsubdiff, 0)::regprocedure::text"), " || ",
             with_word("MULTIRANGE", multirange), " FROM pg_range r WHERE r.rngtypid = t.oid)");
}

std::string base_definition(int version) {
  const char* const subscript = version >= 140000 ? "nullif(t.typsubscript, 0)::regprocedure::text" : "NULL::text";
  return cat(R"('TYPE LENGTH ' || t.typlen || CASE WHEN t.typbyval THEN ' BY VALUE' ELSE '' END || ' ALIGN ' ||
    t.typalign::text || ' STORAGE ' || t.typstorage::text || ' CATEGORY ' || t.typcategory::text ||
    CASE WHEN t.typispreferred THEN ' PREFERRED' ELSE '' END || ' DELIMITER ' || quote_literal(t.typdelim::text) ||
    CASE WHEN t.typcollation <> 0 THEN ' COLLATABLE' ELSE '' END || ' INPUT ' || t.typinput::regprocedure::text ||
    ' OUTPUT ' || t.typoutput::regprocedure::text || )",
             with_word("RECEIVE", "nullif(t.typreceive, 0)::regprocedure::text"), " || ",
             with_word("SEND", "nullif(t.typsend, 0)::regprocedure::text"), " || ",
             with_word("MODIFIER INPUT", "nullif(t.typmodin, 0)::regprocedure::text"), " || ",
             with_word("MODIFIER OUTPUT", "nullif(t.typmodout, 0)::regprocedure::text"), " || ",
             with_word("ANALYZE", "nullif(t.typanalyze, 0)::regprocedure::text"), " || ",
             with_word("SUBSCRIPT", subscript), " || ", with_word("ELEMENT", "nullif(t.typelem, 0)::regtype::text"),
             " || ", with_word("DEFAULT", "quote_literal(t.typdefault)"));
}

// A column list is written as a relation's.
std::string composite_definition(int version) {
  return cat("'COMPOSITE (' || coalesce((SELECT ", columns_of_c(version),
             " FROM pg_class c WHERE c.oid = t.typrelid), '') || ')'");
}

}  // namespace

std::vector<ObjectQuery> type_queries(int version) {
  return {type("type", labels, "t.typtype = 'e'"),
          type("type", composite_definition(version),
               "t.typtype = 'c' AND (SELECT c.relkind FROM pg_class c WHERE c.oid = t.typrelid) = 'c'"),
          type("type", range_definition(version), "t.typtype = 'r'"),
          type("type", base_definition(version),
               "t.typtype = 'b' AND t.typisdefined AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)"),
          type("type", "'TYPE'", "t.typtype = 'p' AND NOT t.typisdefined"),
          type("domain", domain_definition(), "t.typtype = 'd'"),
          {.kind = "cast",
           .catalog = "pg_cast",
           .sql = cat(R"(
SELECT k.oid, NULL::name, NULL::name, '(' || format_type(k.castsource, NULL) || ' AS ' || format_type(k.casttarget, NULL) || ')',
       NULL::oid, 'CAST ' || k.castmethod::text || k.castcontext::text || )",
                      with_word("FUNCTION", "nullif(k.castfunc, 0)::regprocedure::text"),
                      R"(, NULL::oid, NULL::aclitem[] FROM pg_cast k WHERE k.)", made_by_users)}};
}

}  // namespace dbrollback::database::postgres
