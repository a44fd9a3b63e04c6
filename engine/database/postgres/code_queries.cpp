#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

ObjectQuery function(const std::string& kind, const std::string& kinds, const std::string& definition) {
  return {.kind = kind,
          .catalog = "pg_proc",
          .grants = 'f',
          .sql = cat("SELECT p.oid, n.nspname, p.proname, '(' || oidvectortypes(p.proargtypes) || ')', NULL::oid, ",
                     definition, R"(, p.proowner, p.proacl
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ()",
                     kinds, ") AND ", of_users)};
}

std::string function_after(const std::string& word, const std::string& column) {
  return with_word(word, cat("nullif(a.", column, ", 0)::regprocedure::text"));
}

std::string aggregate_definition() {
  return cat(R"((SELECT 'AGGREGATE ' || a.aggkind::text || ' (' || pg_get_function_arguments(p.oid) || ') DIRECT ' ||
      a.aggnumdirectargs || ' PARALLEL ' || p.proparallel::text || ' STATE ' || format_type(a.aggtranstype, NULL) || ' ' ||
      a.aggtransspace || ' FUNCTION ' || a.aggtransfn::regprocedure::text || )",
             function_after("FINAL", "aggfinalfn"),
             " || CASE WHEN a.aggfinalextra THEN ' EXTRA' ELSE '' END || ' ' || a.aggfinalmodify::text || ",
             function_after("COMBINE", "aggcombinefn"), " || ", function_after("SERIALIZE", "aggserialfn"), " || ",
             function_after("DESERIALIZE", "aggdeserialfn"), " || ", function_after("MOVING", "aggmtransfn"), " || ",
             function_after("MOVING INVERSE", "aggminvtransfn"), " || ", function_after("MOVING FINAL", "aggmfinalfn"),
             " || CASE WHEN a.aggmfinalextra THEN ' EXTRA' ELSE '' END || ' ' || a.aggmfinalmodify::text || ",
             with_word("MOVING STATE", "nullif(a.aggmtranstype, 0)::regtype::text"), " || ' ' || a.aggmtransspace || ",
             with_word("SORT", "nullif(a.aggsortop, 0)::regoperator::text"), " || ",
             with_word("INITIALLY", "quote_literal(a.agginitval)"), " || ",
             with_word("MOVING INITIALLY", "quote_literal(a.aggminitval)"),
             " FROM pg_aggregate a WHERE a.aggfnoid = p.oid)");
}

ObjectQuery languages() {
  return {.kind = "language",
          .catalog = "pg_language",
          .grants = 'l',
          .sql = cat(R"(
SELECT l.oid, NULL::name, l.lanname, NULL, NULL::oid, 'LANGUAGE' || CASE WHEN l.lanpltrusted THEN ' TRUSTED' ELSE '' END || )",
                     with_word("HANDLER", "nullif(l.lanplcallfoid, 0)::regprocedure::text"), " || ",
                     with_word("INLINE", "nullif(l.laninline, 0)::regprocedure::text"), " || ",
                     with_word("VALIDATOR", "nullif(l.lanvalidator, 0)::regprocedure::text"),
                     ", l.lanowner, l.lanacl FROM pg_language l WHERE l.", made_by_users)};
}

ObjectQuery transforms() {
  return {.kind = "transform",
          .catalog = "pg_transform",
          .sql = cat(R"(
SELECT t.oid, NULL::name, NULL::name,
       'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' ||
       (SELECT quote_ident(l.lanname) FROM pg_language l WHERE l.oid = t.trflang), NULL::oid, 'TRANSFORM' || )",
                     with_word("FROM SQL", "nullif(t.trffromsql, 0)::regprocedure::text"), " || ",
                     with_word("TO SQL", "nullif(t.trftosql, 0)::regprocedure::text"),
                     ", NULL::oid, NULL::aclitem[] FROM pg_transform t WHERE t.", made_by_users)};
}

ObjectQuery access_methods() {
  return {.kind = "access method",
          .catalog = "pg_am",
          .sql = cat(R"(
SELECT a.oid, NULL::name, a.amname, NULL, NULL::oid,
       'ACCESS METHOD ' || a.amtype::text || ' HANDLER ' || a.amhandler::regprocedure::text, NULL::oid, NULL::aclitem[]
FROM pg_am a WHERE a.)",
                     made_by_users)};
}

}  // namespace

std::vector<ObjectQuery> code_queries(int /*version*/) {
  return {function("function", "'f', 'w'", "pg_get_functiondef(p.oid)"),
          function("procedure", "'p'", "pg_get_functiondef(p.oid)"),
          function("aggregate", "'a'", aggregate_definition()),
          languages(),
          transforms(),
          access_methods()};
}

}  // namespace dbrollback::database::postgres
