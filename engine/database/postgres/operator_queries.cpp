#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr const char* method = "(SELECT quote_ident(m.amname) FROM pg_am m WHERE m.oid = ";

ObjectQuery operators() {
  return {
      .kind = "operator",
      .catalog = "pg_operator",
      .sql = cat(
          R"(
SELECT o.oid, n.nspname, NULL::name,
       o.oprname || ' (' || coalesce(nullif(o.oprleft, 0)::regtype::text, 'NONE') || ', ' ||
       coalesce(nullif(o.oprright, 0)::regtype::text, 'NONE') || ')', NULL::oid,
       'OPERATOR' || )",
          with_word("FUNCTION", "nullif(o.oprcode, 0)::oid::regprocedure::text"), " || ",
          with_word("COMMUTATOR", "nullif(o.oprcom, 0)::regoperator::text"), " || ",
          with_word("NEGATOR", "nullif(o.oprnegate, 0)::regoperator::text"), " || ",
          with_word("RESTRICT", "nullif(o.oprrest, 0)::oid::regprocedure::text"), " || ",
          with_word("JOIN", "nullif(o.oprjoin, 0)::oid::regprocedure::text"),
          R"( || CASE WHEN o.oprcanhash THEN ' HASHES' ELSE '' END || CASE WHEN o.oprcanmerge THEN ' MERGES' ELSE '' END,
       o.oprowner, NULL::aclitem[]
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE )",
          of_users)};
}

ObjectQuery classes() {
  return {.kind = "operator class",
          .catalog = "pg_opclass",
          .sql = cat("SELECT o.oid, n.nspname, o.opcname, ' USING ' || ", method, R"(o.opcmethod), NULL::oid,
       'OPERATOR CLASS FOR ' || format_type(o.opcintype, NULL) || CASE WHEN o.opcdefault THEN ' DEFAULT' ELSE '' END || )",
                     with_word("FAMILY", R"(
         SELECT quote_ident(fn.nspname) || '.' || quote_ident(f.opfname)
         FROM pg_opfamily f JOIN pg_namespace fn ON fn.oid = f.opfnamespace WHERE f.oid = o.opcfamily)"),
                     " || ", with_word("STORAGE", "nullif(o.opckeytype, 0)::regtype::text"),
                     R"(, o.opcowner, NULL::aclitem[]
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE )",
                     of_users)};
}

// With the operators and functions of its classes.
ObjectQuery families() {
  return {.kind = "operator family",
          .catalog = "pg_opfamily",
          .sql = cat("SELECT o.oid, n.nspname, o.opfname, ' USING ' || ", method,
                     "o.opfmethod), NULL::oid, 'OPERATOR FAMILY' || ", with_word("AS", R"(
         SELECT string_agg('OPERATOR ' || m.amopstrategy || ' ' || m.amopopr::regoperator::text || ' FOR ' ||
                format_type(m.amoplefttype, NULL) || ', ' || format_type(m.amoprighttype, NULL) || coalesce(' ORDER BY ' ||
                (SELECT quote_ident(s.opfname) FROM pg_opfamily s WHERE s.oid = m.amopsortfamily), ''), ', '
                ORDER BY m.amopstrategy, m.amopopr::regoperator::text COLLATE "C")
         FROM pg_amop m WHERE m.amopfamily = o.oid)"),
                     " || ", with_word("AND", R"(
         SELECT string_agg('FUNCTION ' || m.amprocnum || ' (' || format_type(m.amproclefttype, NULL) || ', ' ||
                format_type(m.amprocrighttype, NULL) || ') ' || m.amproc::oid::regprocedure::text, ', '
                ORDER BY m.amprocnum, m.amproc::oid::regprocedure::text COLLATE "C", format_type(m.amproclefttype, NULL) COLLATE "C",
                format_type(m.amprocrighttype, NULL) COLLATE "C")
         FROM pg_amproc m WHERE m.amprocfamily = o.oid)"),
                     R"(, o.opfowner, NULL::aclitem[]
FROM pg_opfamily o JOIN pg_namespace n ON n.oid = o.opfnamespace WHERE )",
                     of_users)};
}

}  // namespace

std::vector<ObjectQuery> operator_queries() { return {operators(), classes(), families()}; }

}  // namespace dbrollback::database::postgres
